import { describe, expect, test } from "vitest";

import { resolveStage } from "../stage/stages.ts";
import {
  guardRevocation,
  type GuardSettingsSource,
  makeGuardSettings,
} from "./make-guard-settings.ts";

const stage = resolveStage({ default: { corsOrigins: ["https://spa.example"] } }, "anna");
const withWalkthrough = resolveStage({ default: { implicitGrant: true } }, "anna");

const source: GuardSettingsSource = {
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
    expect(makeGuardSettings(source)).toEqual({
      madeBy: "deploy",
      region: "eu-central-1",
      prefix: "/gatehouse/gatehouse/anna",
      functionUrlHost: "abc.lambda-url.eu-central-1.on.aws",
      issuers: [
        "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_pool",
        "https://issuer-cognito-idp.eu-central-1.amazonaws.com/eu-central-1_pool",
      ],
      jwks: { keys: source.keys },
      clientNames: ["web", "machine"],
      corsOrigins: ["https://spa.example"],
      forwardToken: false,
      originHeaderBytes: 9728,
      signIn: {
        hostedOrigin: "https://gatehouse-anna-0.auth.eu-central-1.amazoncognito.com",
        client: "web",
        peopleScopes: [],
      },
      revocation: { mode: "on", whenUnknown: "refuse" },
    });
  });

  test.each([
    ["allow", { mode: "on", whenUnknown: "allow" }],
    ["off", { mode: "off" }],
  ] as const)("say what stages.ts says of revocation: %s", (revocation, told) => {
    const { revocation: settings } = makeGuardSettings({
      ...source,
      stage: { ...stage, revocation },
    });
    expect(settings).toEqual(told);
  });

  test("have a sign-in ask for the scopes that the stage gives people", () => {
    const peopleScopes = ["api/read"];
    expect(makeGuardSettings({ ...source, stage: { ...stage, peopleScopes } }).signIn).toEqual({
      hostedOrigin: source.hostedOrigin,
      client: "web",
      peopleScopes,
    });
  });

  test.each([[["theme"]], [[]]])("list the cookies that the stage lists: %j", (forwardCookies) => {
    const { forwardCookies: told } = makeGuardSettings({
      ...source,
      stage: { ...stage, forwardCookies },
    });
    expect(told).toEqual(forwardCookies);
  });

  test.each([[["x-tenant"]], [[]]])("list what scripts may send: %j", (corsRequestHeaders) => {
    const closed = { ...stage, corsRequestHeaders };
    expect(makeGuardSettings({ ...source, stage: closed })).toMatchObject({ corsRequestHeaders });
  });

  test("ask for paths and metrics in the log where the stage does", () => {
    const telling = { ...stage, logPaths: true, metrics: true };
    expect(makeGuardSettings({ ...source, stage: telling })).toMatchObject({
      logPaths: true,
      metrics: true,
    });
    expect(makeGuardSettings(source)).not.toHaveProperty("logPaths");
    expect(makeGuardSettings(source)).not.toHaveProperty("metrics");
  });

  test("name the documents of clients that the stage takes", () => {
    const cimdUrlPatterns = ["https://client.example/*"];
    const taking = resolveStage({ default: { spaClient: true, cimdUrlPatterns } }, "anna");
    expect(makeGuardSettings({ ...source, stage: taking }).cimdUrlPatterns).toBe(cimdUrlPatterns);
    expect("cimdUrlPatterns" in makeGuardSettings(source)).toBe(false);
  });

  test("say how large headers may be", () => {
    const roomy = { ...stage, originHeaderBytes: 12_000 };
    expect(makeGuardSettings({ ...source, stage: roomy }).originHeaderBytes).toBe(12_000);
  });

  test("hold the clients with their names and kinds where they are known", () => {
    const { clients } = makeGuardSettings({ ...source, clientIds: { web: "w", machine: "m" } });
    expect(clients).toEqual({
      w: { name: "web", kind: "person", tokenUses: ["id", "access"] },
      m: { name: "machine", kind: "machine", tokenUses: ["access"] },
    });
  });

  test("name the app's own origin where the stage has a domain", () => {
    expect(makeGuardSettings(source)).not.toHaveProperty("appOrigins");
    const domain = { ...stage, domain: "app.example.com" };
    expect(makeGuardSettings({ ...source, stage: domain }).appOrigins).toEqual([
      "https://app.example.com",
    ]);
  });

  test("sign in by the web client, also where the stage has the walk-through's", () => {
    const clientIds = { web: "w", machine: "m", walkthrough: "t" };
    const { clients, signIn } = makeGuardSettings({ ...source, stage: withWalkthrough, clientIds });
    expect(Object.keys(clients ?? {})).toEqual(["w", "m", "t"]);
    expect(signIn?.client).toBe("web");
  });

  test("name the Function URLs of further backends", () => {
    const functionUrls = [...source.functionUrls, "https://def.lambda-url.us-west-2.on.aws/"];
    expect(makeGuardSettings({ ...source, functionUrls })).toMatchObject({
      functionUrlHost: "abc.lambda-url.eu-central-1.on.aws",
      otherFunctionUrlHosts: ["def.lambda-url.us-west-2.on.aws"],
    });
  });

  test("are the same bytes for the same input", () => {
    expect(JSON.stringify(makeGuardSettings(source))).toBe(
      JSON.stringify(makeGuardSettings(source)),
    );
  });
});

test.each([
  ["refuse", { mode: "on", whenUnknown: "refuse" }],
  ["allow", { mode: "on", whenUnknown: "allow" }],
  ["off", { mode: "off" }],
] as const)("revocation %s tells the guard %j", (revocation, told) => {
  expect(guardRevocation({ revocation, backendChecksRevocation: false })).toEqual(told);
});

describe("the guard's settings of a laptop", () => {
  const local = {
    appUrls: ["http://app.localhost:3000", "http://127.0.0.1:3000"],
    apiOrigin: "https://sign-in.example",
    keysFetchedAt: 1_800_000_000,
  };

  test("differ from a deployment's in who made them, addresses and the time of the keys alone", () => {
    expect(makeGuardSettings({ ...source, local })).toEqual({
      ...makeGuardSettings(source),
      madeBy: "local",
      jwks: { keys: source.keys, fetchedAt: 1_800_000_000 },
      appOrigins: ["http://app.localhost:3000", "http://127.0.0.1:3000"],
      signIn: {
        hostedOrigin: source.hostedOrigin,
        apiOrigin: "https://sign-in.example",
        client: "web",
        peopleScopes: [],
      },
    });
  });

  test("may leave the keys to Parameter Store", () => {
    expect(makeGuardSettings({ ...source, keys: undefined, local })).not.toHaveProperty("jwks");
  });
});
