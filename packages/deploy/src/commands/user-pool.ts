import type { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";

/** A stage's user pool, and a client for its region. */
export interface UserPool {
  readonly userPoolId: string;
  readonly region: string;
  readonly client: CognitoIdentityProviderClient;
}
