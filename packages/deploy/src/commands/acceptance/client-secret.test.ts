import { createServer } from "node:http";

import { CognitoIdentityProviderClient } from "@aws-sdk/client-cognito-identity-provider";
import { expect, onTestFinished, test } from "vitest";

import type { UserPool } from "../user-pool.ts";
import { loadClientSecret } from "./client-secret.ts";

const userPoolId = "eu-central-1_Abcdefghi";

/** A pool of which AWS says this about any client. */
async function poolWith(UserPoolClient: object): Promise<UserPool> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify({ UserPoolClient }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  const client = new CognitoIdentityProviderClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
  });
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return { userPoolId, region: "eu-central-1", client };
}

const machineId = { name: "machine", id: "id" } as const;
const machine = {
  UserPoolId: userPoolId,
  ClientName: "gatehouse-dev-machine",
  ClientSecret: "a-secret",
};

test("loads the secret of the stage's client for machines", async () => {
  expect(await loadClientSecret(await poolWith(machine), "gatehouse", "dev", machineId)).toBe(
    "a-secret",
  );
});

const misfit = "the machine client is not gatehouse-dev-machine of the user pool";
test.each([
  ["of another stage", { ...machine, ClientName: "gatehouse-production-machine" }, misfit],
  ["without a name", { ...machine, ClientName: undefined }, misfit],
  ["of another pool", { ...machine, UserPoolId: "eu-central-1_Other" }, misfit],
  ["without a secret", { ...machine, ClientSecret: undefined }, "has no secret. Deploy again."],
])("refuses a client %s, and keeps its secret to itself", async (_what, client, message) => {
  const error: unknown = await loadClientSecret(
    await poolWith(client),
    "gatehouse",
    "dev",
    machineId,
  ).catch((caught: unknown) => caught);
  expect(String(error)).toContain(message);
  expect(String(error)).not.toContain("a-secret");
});
