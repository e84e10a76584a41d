import { resolveStage } from "../stage/stages.ts";
import { describe, expect, test } from "vitest";

import {
  createSnapshot,
  clientIdsOfLastDeploy,
  staleGuard,
  type SnapshotSource,
} from "./make-guard-settings.ts";

const stage = resolveStage({ default: { corsOrigins: ["https://spa.example"] } }, "anna");
const withWalkthrough = resolveStage({ default: { implicitGrant: true } }, "anna");

const source: SnapshotSource = {
  stage,
  region: "eu-central-1",
  prefix: "/gatehouse/gatehouse/anna",
  functionUrls: ["https://abc.lambda-url.eu-central-1.on.aws/"],
  userPoolId: "eu-central-1_pool",
  keys: [{ kid: "k", kty: "RSA", alg: "RS256", use: "sig", n: "n", e: "AQAB" }],
  hostedOrigin: "https://gatehouse-anna-0.auth.eu-central-1.amazoncognito.com",
  clientIds: undefined,
};

describe("the guard's settings of a deployment", () => {
  test("leave the clients to Parameter Store where they are not known", () => {
    expect(createSnapshot(source)).toEqual({
      madeBy: "deploy",
      region: "eu-central-1",
      prefix: "/gatehouse/gatehouse/anna",
      functionUrlHost: "abc.lambda-url.eu-central-1.on.aws",
      issuers: ["https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_pool"],
      jwks: { keys: source.keys },
      clientNames: ["web", "machine"],
      corsOrigins: ["https://spa.example"],
      forwardToken: false,
      signIn: {
        hostedOrigin: "https://gatehouse-anna-0.auth.eu-central-1.amazoncognito.com",
        client: "web",
      },
      revocation: { mode: "on", whenUnknown: "refuse" },
    });
  });

  test.each([
    ["allow", { mode: "on", whenUnknown: "allow" }],
    ["off", { mode: "off" }],
  ] as const)("say what stages.ts says of revocation: %s", (revocation, told) => {
    const { revocation: settings } = createSnapshot({ ...source, stage: { ...stage, revocation } });
    expect(settings).toEqual(told);
  });

  test("hold the clients with their names and kinds where they are known", () => {
    const { clients } = createSnapshot({ ...source, clientIds: { web: "w", machine: "m" } });
    expect(clients).toEqual({
      w: { name: "web", kind: "person", tokenUses: ["id", "access"] },
      m: { name: "machine", kind: "machine", tokenUses: ["access"] },
    });
  });

  test("name the app's own origin where the stage has a domain", () => {
    expect(createSnapshot(source)).not.toHaveProperty("appOrigins");
    const domain = { ...stage, domain: "app.example.com" };
    expect(createSnapshot({ ...source, stage: domain }).appOrigins).toEqual([
      "https://app.example.com",
    ]);
  });

  test("sign in by the web client, also where the stage has the walk-through's", () => {
    const clientIds = { web: "w", machine: "m", walkthrough: "t" };
    const { clients, signIn } = createSnapshot({ ...source, stage: withWalkthrough, clientIds });
    expect(Object.keys(clients ?? {})).toEqual(["w", "m", "t"]);
    expect(signIn?.client).toBe("web");
  });

  test("name the Function URLs of further backends", () => {
    const functionUrls = [...source.functionUrls, "https://def.lambda-url.us-west-2.on.aws/"];
    expect(createSnapshot({ ...source, functionUrls })).toMatchObject({
      functionUrlHost: "abc.lambda-url.eu-central-1.on.aws",
      otherFunctionUrlHosts: ["def.lambda-url.us-west-2.on.aws"],
    });
  });

  test("are the same bytes for the same input", () => {
    expect(JSON.stringify(createSnapshot(source))).toBe(JSON.stringify(createSnapshot(source)));
  });
});

describe("what the last deploy wrote", () => {
  const outputs = {
    userPoolId: "eu-central-1_pool",
    clients: { web: { id: "w" }, machine: { id: "m" } },
  };

  test("is used for the same pool", () => {
    expect(clientIdsOfLastDeploy(outputs, "eu-central-1_pool", stage)).toEqual({
      web: "w",
      machine: "m",
    });
  });

  test.each([
    ["there was none", undefined, stage],
    ["the pool was made anew", { ...outputs, userPoolId: "eu-central-1_old" }, stage],
    ["the stage has a client that it did not have", outputs, withWalkthrough],
  ] as const)("is not used when %s", (_why, last, now) => {
    expect(clientIdsOfLastDeploy(last, "eu-central-1_pool", now)).toBeUndefined();
  });

  test("leaves out the walk-through's client when the stage no longer has it", () => {
    const last = { ...outputs, clients: { ...outputs.clients, walkthrough: { id: "t" } } };
    const ids = clientIdsOfLastDeploy(last, "eu-central-1_pool", stage);
    expect(ids).toEqual({ web: "w", machine: "m" });
  });
});

describe("a guard that was made with client ids", () => {
  const names = ["web", "machine"] as const;
  const ids = { web: "w", machine: "m" };
  const note =
    "An app client was made anew, and the guard still knows the old one: deploy once more.";

  test.each([
    ["knows a client that was made anew by its old id", names, ids, { ...ids, web: "new" }],
    ["knows another one so", names, ids, { ...ids, machine: "new" }],
    [
      "does not know one that the stage has now",
      [...names, "walkthrough"],
      ids,
      { ...ids, walkthrough: "t" },
    ],
  ] as const)("is stale when it %s", (_when, clients, baked, made) => {
    expect(staleGuard(clients, baked, made)).toBe(note);
  });

  test.each([
    ["knows each by its id", ids, ids],
    ["asks Parameter Store", undefined, ids],
    ["knows one that the stage no longer has", { ...ids, walkthrough: "t" }, ids],
  ] as const)("is not stale when it %s", (_when, baked, made) => {
    expect(staleGuard(names, baked, made)).toBeUndefined();
  });
});
