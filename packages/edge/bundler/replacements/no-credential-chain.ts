/**
 * Stands in for the SDK's credential chain (profiles, SSO, instance metadata: 100 KB) in the guard's bundle: the guard
 * passes its role's credentials itself.
 */
export function defaultProvider(): never {
  throw new TypeError("the SSM client is given its credentials");
}
