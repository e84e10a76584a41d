import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

import { appClientNames } from "@sst-gatehouse/blueprint/app-clients";
import { parameterNames } from "@sst-gatehouse/blueprint/parameters";
import { noRevocations } from "@sst-gatehouse/blueprint/revocations";
import { userPoolIssuers } from "@sst-gatehouse/blueprint/user-pool-issuers";

import { createAdminApi } from "./admin-api.ts";
import { createJsonApi } from "../aws/json-api/json-api.ts";
import type { Clock } from "../aws/clock.ts";
import type { Cognito } from "../aws/cognito/cognito.ts";
import type { Deployment } from "./deployment.ts";
import type { Explain } from "../aws/explain.ts";
import type { Identities } from "../aws/iam/identities.ts";
import { answerFault } from "./routes.ts";
import { createSsm } from "../aws/ssm/ssm.ts";

export interface AwsApisOptions {
  readonly deployment: Deployment;
  readonly cognito: Cognito;
  readonly identities: Identities;
  readonly clock: Clock;
  readonly explain: Explain;
}

/** The AWS host names that the functions may call. */
export function awsHosts(deployment: Deployment, cognito: Cognito): readonly string[] {
  const { region } = deployment;
  return [...issuerHosts(deployment, cognito), `ssm.${region}.amazonaws.com`, cognito.domainHost];
}

/** Of both names of the pool. */
function issuerHosts({ region }: Deployment, { poolId }: Cognito): readonly string[] {
  return userPoolIssuers(region, poolId).map((issuer) => new URL(issuer).host);
}

/** The user pool API, Parameter Store with the stage's parameters, and the stack's own; by GET, the pool's key set. */
export function createAwsApis(options: AwsApisOptions): RequestListener {
  const { deployment, cognito, identities, clock, explain } = options;
  const { region, accountId, parameterPrefix, stage } = deployment;
  const ssm = createSsm({ region, accountId, clock });
  const put = (name: string, value: string): void => ssm.put(`${parameterPrefix}/${name}`, value);
  for (const name of appClientNames(stage))
    put(parameterNames.client(name), cognito.clientId(name));
  const secretName = `${parameterPrefix}/${parameterNames.clientSecret}`;
  ssm.put(secretName, cognito.clientSecret("web"), "SecureString");
  put(parameterNames.jwks, JSON.stringify(cognito.keySet()));
  if (stage.revocation !== "off") put(parameterNames.revoked, noRevocations);
  // Where `npx gatehouse users` finds the pool of a stack on this machine.
  put(parameterNames.outputs, JSON.stringify({ userPoolId: cognito.poolId }));
  const jsonApi = createJsonApi({
    services: [
      cognito.service,
      ssm.service,
      createAdminApi({ clock, mintToken: cognito.mintToken }),
    ],
    region,
    identities,
    clock,
    explain,
  });
  const hostsOfPool = [...issuerHosts(deployment, cognito), cognito.domainHost];
  const answer = (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { host = "", "user-agent": userAgent } = request.headers;
    // As if AWS's common rules were on the pool's web ACL: a stage may have them, and then this is no sign-in at all.
    if (userAgent === undefined && hostsOfPool.includes(host)) {
      explain(
        "cognito",
        `403: a call to ${host} has no User-Agent, which AWS's common rules block`,
      );
      response.writeHead(403, { "content-type": "text/plain" }).end("Forbidden");
      return Promise.resolve();
    }
    // The sign-in domain under its AWS name: the guard exchanges codes there.
    if (host === cognito.domainHost) return cognito.handleHosted(request, response);
    return request.method === "GET"
      ? cognito.handleIdp(request, response)
      : jsonApi.handle(request, response);
  };
  return (request, response) => {
    const answering = answer(request, response);
    answering.catch((error: unknown) => answerFault(error, response, explain));
  };
}
