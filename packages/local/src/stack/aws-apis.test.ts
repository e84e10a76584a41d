import { request, type OutgoingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";

import { startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import { expect, onTestFinished, test } from "vitest";

import { createClock } from "../aws/clock.ts";
import { createIdentities } from "../aws/iam/identities.ts";
import { gate } from "../../test/gate.ts";
import { createAwsApis } from "./aws-apis.ts";
import { createDeployment } from "./deployment.ts";
import { createUserPool } from "./stage-user-pool.ts";

test("a call to the pool that does not say who asks is 403, under each of the pool's names", async () => {
  const explained: string[] = [];
  const explain = (from: string, reason: string): void => void explained.push(`${from}: ${reason}`);
  const clock = createClock();
  const deployment = createDeployment(4280, gate);
  const cognito = await createUserPool(deployment, gate, [], clock, explain);
  const identities = createIdentities(deployment.accountId);
  const apis = createAwsApis({ deployment, cognito, identities, clock, explain });
  const server = await startLoopbackServer();
  onTestFinished(server.close);
  server.handle = async (incoming, response) => apis(incoming, response);
  const keySet = `${server.origin}/${cognito.poolId}/.well-known/jwks.json`;
  // By itself, Node's client sends no User-Agent.
  const ask = (headers: OutgoingHttpHeaders): Promise<string> =>
    new Promise((resolve, reject) => {
      request(keySet, { headers }, (response) => {
        text(response).then((body) => resolve(`${response.statusCode} ${body}`), reject);
      })
        .on("error", reject)
        .end();
    });

  const issuerHosts = [
    "cognito-idp.eu-west-1.amazonaws.com",
    "issuer-cognito-idp.eu-west-1.amazonaws.com",
  ];
  const hosts = [...issuerHosts, cognito.domainHost];
  for (const host of hosts) expect(await ask({ host })).toBe("403 Forbidden");
  expect(explained).toEqual(
    hosts.map(
      (host) => `cognito: 403: a call to ${host} has no User-Agent, which AWS's common rules block`,
    ),
  );

  const keys = `200 ${JSON.stringify(cognito.keySet())}`;
  for (const host of issuerHosts) expect(await ask({ host, "user-agent": "gatehouse" })).toBe(keys);
  // Nobody's web ACL is before the stack itself.
  expect(await ask({ host: "127.0.0.1:4280" })).toBe(keys);
});
