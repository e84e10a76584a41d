/** What a deployed stage prints: the shape of `start --json`, without the secrets. URLs have no trailing slash. */
export interface StageOutputs {
  /** CloudFront, or the stage's own domain. */
  readonly appUrl: string;
  /** The hosted sign-in, with its parameters. */
  readonly signInUrl: string;
  /** Locked by IAM: answers no request without a signature. */
  readonly functionUrl: string;
  /** Home region: of the Function URL, the user pool and the parameters. */
  readonly region: string;
  /** Where the guard's function is; its replicas run everywhere. */
  readonly edgeRegion: string;
  readonly userPoolId: string;
  readonly clients: {
    /** The guard's own, whose secret nobody else has. */
    readonly web: { readonly id: string };
    /** For other front ends and programs: code grant with PKCE; only where the stage has it. */
    readonly spa?: { readonly id: string };
    /** For programs with a secret; only where the access rules list scopes. */
    readonly machine?: { readonly id: string };
    /** The walk-through's client; only where the stage opens the implicit grant. */
    readonly walkthrough?: { readonly id: string };
  };
  /** AWS's own, for scripts that take a local stack or a stage alike. */
  readonly endpoints: { readonly ssm: string; readonly cognitoIdp: string };
}
