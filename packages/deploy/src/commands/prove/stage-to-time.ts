import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";

import { CommandError, type CommandContext } from "../../command.ts";
import { isObject, parseJson } from "../../dry-run/graph/json.ts";
import { loadClientSecret } from "../acceptance/client-secret.ts";
import { ask } from "../doctor/ask.ts";
import { pathsAdmitting } from "../doctor/paths-admitting.ts";
import { siteToCheck } from "../doctor/stage-under-check.ts";
import { verifyUserPool } from "../verify-user-pool.ts";
import type { StageToTime } from "./measure-times.ts";
import { openConnection } from "./timed-connection.ts";

/**
 * A deployed stage, as a client on the internet finds it. Tokens are its machine client's; a stage without one is timed
 * without tokens.
 *
 * @throws {CommandError} (rejects) when the user pool or the client is not the stage's, or cannot be read.
 */
export async function stageToTime(
  name: string,
  outputs: StageOutputs,
  context: Pick<CommandContext, "gate">,
): Promise<StageToTime> {
  const { gate } = context;
  const { app, access } = gate;
  const { id } = outputs.clients.machine ?? {};
  const [backendPath] = pathsAdmitting({ access, site: siteToCheck(gate) }, "signed-in");
  const connect = () => openConnection(outputs.appUrl);
  if (id === undefined) return { connect, newToken: undefined, backendPath };
  const cognito = new CognitoIdentityProviderClient({ region: app.region });
  const pool = await verifyUserPool(gate, name, outputs, cognito);
  const secret = await loadClientSecret(pool, app.name, name, { name: "machine", id });
  const { origin } = new URL(outputs.signInUrl);
  return { connect, newToken: () => newToken(origin, { id, secret }), backendPath };
}

async function newToken(
  origin: string,
  { id, secret }: { readonly id: string; readonly secret: string },
): Promise<string> {
  const basic = Buffer.from(`${id}:${secret}`).toString("base64");
  const { status, body } = await ask(
    `${origin}/oauth2/token`,
    { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
    { body: "grant_type=client_credentials" },
  );
  const answer = parseJson(body);
  if (status !== 200 || !isObject(answer) || typeof answer["access_token"] !== "string")
    throw new CommandError(`The machine client gets no token: its user pool answers ${status}`);
  return answer["access_token"];
}
