import { forClients } from "@sst-gatehouse/blueprint/app-clients";
import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";

import type { Cognito } from "../aws/cognito/cognito.ts";
import type { Deployment } from "./deployment.ts";
import { type Credentials, credentialsOf } from "../aws/iam/identities.ts";
import type { Roles } from "./roles.ts";
import { signInUrl } from "./stage-user-pool.ts";

/**
 * What `start --json` prints, as one line: all that a client, a test or a script needs. URLs have no trailing slash.
 *
 * It has what a deployed stage prints, and also what is secret there. Every secret in it is new at every start and
 * worthless outside this machine.
 */
export interface StackOutputs extends Omit<StageOutputs, "clients"> {
  /** `http://127.0.0.1:<port>`, the same app: for programs that look up no name below `localhost`. */
  readonly loopbackUrl: string;
  /** Shows each request, for a browser; its fragment is a secret of this start. */
  readonly consoleUrl: string;
  /** The Function URL's real host name with the stack's port: dial 127.0.0.1 and send the name as `Host`. */
  readonly functionUrl: StageOutputs["functionUrl"];
  /** Where the guard runs: on purpose not the region of the Function URL. */
  readonly edgeRegion: StageOutputs["edgeRegion"];
  readonly clients: StageOutputs["clients"] & {
    readonly spa: { readonly id: string };
    readonly machine: { readonly id: string; readonly secret: string };
  };
  /**
   * For `AWS_ENDPOINT_URL_SSM` and `AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER`. Programs find `/oauth2/token`, key set and
   * discovery document at `cognitoIdp` too.
   */
  readonly endpoints: StageOutputs["endpoints"];
  readonly users: readonly {
    readonly username: string;
    readonly password: string;
    readonly groups: readonly string[];
  }[];
  /** Of the first user, from the public client `spa`. */
  readonly tokens: { readonly id: string; readonly access: string };
  /**
   * `edge`: the guard's own role. `service`: another role that may call the Function URL. `stranger`: one that may not.
   * `admin`: may use the SSM, user pool and clock APIs.
   */
  readonly credentials: Readonly<Record<"edge" | "service" | "stranger" | "admin", Credentials>>;
}

export interface OutputsSource {
  readonly deployment: Deployment;
  readonly cognito: Cognito;
  readonly roles: Roles;
  /** Of the AWS APIs. */
  readonly apisPort: number;
  readonly consoleSecret: string;
}

/** Collects the outputs, with fresh tokens for the first user. */
export async function createOutputs({
  deployment,
  cognito,
  roles,
  apisPort,
  consoleSecret,
}: OutputsSource): Promise<StackOutputs> {
  const { appUrl, loopbackUrl, backends, region, edgeRegion, stage } = deployment;
  const endpoint = `http://127.0.0.1:${apisPort}`;
  const users = cognito.users.map(({ username, password, groups }) => ({
    username,
    password,
    groups,
  }));
  const [first] = users;
  if (first === undefined) throw new TypeError("the stack has no user");
  const { id, access } = await cognito.tokensFor(first.username, "spa");
  return {
    appUrl,
    loopbackUrl,
    consoleUrl: `${deployment.consoleOrigin}/#${consoleSecret}`,
    signInUrl: signInUrl(cognito, deployment),
    functionUrl: loopbackUrl.replace("127.0.0.1", backends[0].functionUrlHost),
    region,
    edgeRegion,
    userPoolId: cognito.poolId,
    clients: {
      ...forClients(stage, (name) => ({ id: cognito.clientId(name) })),
      spa: { id: cognito.clientId("spa") },
      machine: { id: cognito.clientId("machine"), secret: cognito.clientSecret("machine") },
    },
    endpoints: { ssm: endpoint, cognitoIdp: endpoint },
    users,
    tokens: { id, access },
    credentials: {
      edge: credentialsOf(roles.edge),
      service: credentialsOf(roles.service),
      stranger: credentialsOf(roles.stranger),
      admin: credentialsOf(roles.admin),
    },
  };
}
