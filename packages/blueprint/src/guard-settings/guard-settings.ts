import type { AppClientKind, AppClientName, TokenUse } from "../aws/app-clients.ts";
import type { PublicKey } from "./cognito-values.ts";

/**
 * What `settings.json` holds, next to the guard's bundle. Lambda@Edge has no environment, so all the guard needs is here.
 *
 * Trust anchors (issuers, origin host, clients' kinds and token uses) come from this file and from the bundle alone.
 */
export interface GuardSettings {
  /** Infra refuses to deploy settings made by `local`. */
  readonly madeBy: "local" | "deploy";
  /** Home region: of the Function URL, the user pool and the parameters. Not where the guard runs. */
  readonly region: string;
  /** SSM prefix, without a trailing slash. */
  readonly prefix: string;
  /** `<id>.lambda-url.<region>.on.aws`, the app's own; the guard signs for it and for `otherFunctionUrlHosts` only. */
  readonly functionUrlHost: string;
  /** The bucket of a front end, which the guard decides about and CloudFront signs for; absent where the app has none. */
  readonly site?: {
    /** `<bucket>.s3.<region>.amazonaws.com` */
    readonly host: string;
    /** The page that answers every path whose last part has no dot; absent: `/about` is `/about/index.html`. */
    readonly fallback?: string;
  };
  /** Further Function URLs behind the same guard, where the distribution has more than one. */
  readonly otherFunctionUrlHosts?: readonly string[];
  /** Accepted `iss` values, compared as they are. */
  readonly issuers: readonly string[];
  /** The pool's key set; absent: loaded from SSM before the first request is answered. A deployment always bakes it. */
  readonly jwks?: {
    readonly keys: readonly PublicKey[];
    /** When they were fetched, whole seconds since the epoch; keys older than a day are refreshed in the background. */
    readonly fetchedAt?: number;
  };
  /** App clients by id; absent: the ids are loaded from SSM before the first request is answered. */
  readonly clients?: Readonly<
    Record<
      string,
      {
        readonly name: string;
        readonly kind: AppClientKind;
        readonly tokenUses: readonly TokenUse[];
      }
    >
  >;
  /** Patterns of the document addresses that are accepted as app clients of people; absent: none. */
  readonly cimdUrlPatterns?: readonly string[];
  /** Which of the blueprint's clients this stage has, for ids that come from SSM. */
  readonly clientNames: readonly string[];
  /** The app's own origins, where they are known when the bundle is made. A laptop has two; the event names the asked one. */
  readonly appOrigins?: readonly string[];
  /** Origins whose scripts may call with a bearer token. */
  readonly corsOrigins: readonly string[];
  /** Of the request headers that they ask for those that they may send, in lower case; absent: what they ask for. */
  readonly corsRequestHeaders?: readonly string[];
  /** Whether the backend gets the caller's bearer token as `x-gatehouse-token`. */
  readonly forwardToken: boolean;
  /** Names of the cookies that the backend gets; absent: all but the guard's own. */
  readonly forwardCookies?: readonly string[];
  /** How large the headers may be that go to the backend, in bytes; the guard's own count too. */
  readonly originHeaderBytes: number;
  /** Where people sign in, and the app client they do it by; `/.auth/login` leads there. */
  readonly signIn?: {
    /** For browsers, without a trailing slash. */
    readonly hostedOrigin: string;
    /** Where the guard itself reaches the same domain; absent: by the same address. */
    readonly apiOrigin?: string;
    readonly client: AppClientName;
    /** Scopes of the resource server that a sign-in asks for, beside the OpenID ones. */
    readonly peopleScopes: readonly string[];
  };
  readonly revocation: Revocation;
  /** Of the caller header that the guard sends; absent: 1, which every backend reads. */
  readonly callerVersion?: 2;
  /** Whether the log says paths; absent: no. */
  readonly logPaths?: true;
  /** Whether the log has metrics; absent: no. */
  readonly metrics?: true;
}

/** Whether sign-ins can be ended before their tokens expire, and what a list that cannot be refreshed means. */
export type Revocation =
  | { readonly mode: "off" }
  | {
      readonly mode: "on";
      readonly whenUnknown: "allow" | "refuse";
      /** Who looks up a sign-in before the app's own backend answers; absent: the guard, as for every other backend. */
      readonly checkedBy?: "backend";
    };
