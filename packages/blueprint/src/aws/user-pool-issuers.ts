/**
 * The two names that a user pool may write into its tokens as `iss`: the one of `IssuerConfiguration.Type` `ORIGINAL`,
 * which is the pool's own address too, and the one of `UPDATED`.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_IssuerConfigurationType.html
 */
export function userPoolIssuers(
  region: string,
  userPoolId: string,
): readonly [original: string, updated: string] {
  const host = `cognito-idp.${region}.amazonaws.com`;
  return [`https://${host}/${userPoolId}`, `https://issuer-${host}/${userPoolId}`];
}
