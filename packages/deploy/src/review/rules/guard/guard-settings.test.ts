import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { expect, test } from "vitest";

import { publicKeysOf } from "../../../dry-run/engine/public-keys.ts";
import {
  annaStage,
  chainUnderTest,
  originUnderTest,
  resource,
  resourceNames,
  settingsUnderTest as settings,
} from "../../../../test/graph-under-test.ts";
import { checkGuardSettings } from "./guard-settings.ts";

type Change = Parameters<typeof chainUnderTest>[0];
const evil = "0123456789abcdef0123456789abcdef.lambda-url.eu-central-1.on.aws";
const { clients } = chainUnderTest();
const idOf = (name: "web" | "machine") => String(clients.get(name)?.outputs["id"]);
const web = { name: "web", kind: "person", tokenUses: ["id", "access"] };
const machine = { name: "machine", kind: "machine", tokenUses: ["access"] };

/** The members of settings.json that are refused. */
function differing(change: object, stage = annaStage, { changes, ...more }: Change = {}): string[] {
  const text = JSON.stringify({ settings: { ...settings, ...change } });
  const code = { archive: { "settings.json": { sha256: "4", bytes: 1, text } } };
  const chain = chainUnderTest(
    { ...more, changes: { ...changes, [resourceNames.guard]: { code } } },
    stage,
  );
  return checkGuardSettings(chain).map(
    ({ rule, message }) => `${rule}: ${/ stage in (.+) in settings/.exec(message)?.[1] ?? message}`,
  );
}

test("settings that the stage's own resources give break no rule", () => {
  expect(checkGuardSettings(chainUnderTest())).toEqual([]);
  expect(differing({})).toEqual([]);
});

test("client ids may be there, and are the stage's then", () => {
  const both = { [idOf("web")]: web, [idOf("machine")]: machine };
  expect(differing({ clients: both })).toEqual([]);
  const refused = [
    {},
    null,
    { [idOf("web")]: web },
    { ...both, other: web },
    { [idOf("web")]: web, other: machine },
    { [idOf("web")]: machine, [idOf("machine")]: web },
    { ...both, [idOf("machine")]: { ...machine, tokenUses: ["id", "access"] } },
    { ...both, [idOf("machine")]: { ...machine, kind: "person" } },
  ];
  for (const table of refused)
    expect(differing({ clients: table })).toEqual(["guard-settings: clients"]);
});

const [key, ...otherKeys] = settings.jwks.keys;
test.each([
  ["madeBy", "local"],
  ["region", "us-east-1"],
  ["prefix", "/gatehouse/gatehouse/bert"],
  ["functionUrlHost", evil],
  ["otherFunctionUrlHosts", [evil]],
  [
    "issuers",
    [...settings.issuers, "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_evil"],
  ],
  ["issuers", ["https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_evil"]],
  ["issuers", settings.issuers.slice(0, 1)],
  ["issuers", settings.issuers.toReversed()],
  ["issuers", []],
  ["jwks", undefined],
  ["jwks", { keys: publicKeysOf("eu-central-1_evil") }],
  ["jwks", { keys: otherKeys }],
  ["jwks", { keys: [...settings.jwks.keys, { ...key, kid: "another" }] }],
  ["jwks", { keys: [{ ...key, n: "AQAB" }, ...otherKeys] }],
  ["jwks", { ...settings.jwks, fetchedAt: 1 }],
  ["clientNames", ["web", "machine", "walkthrough"]],
  ["appOrigins", ["https://evil.example"]],
  ["corsOrigins", ["https://tools.example", "https://evil.example"]],
  ["forwardToken", true],
  ["corsRequestHeaders", ["x-tenant"]],
  ["forwardCookies", ["theme"]],
  ["logPaths", true],
  ["metrics", true],
  ["originHeaderBytes", 19_968],
  ["signIn", { ...settings.signIn, hostedOrigin: "https://evil.example" }],
  ["signIn", { ...settings.signIn, client: "machine" }],
  ["signIn", { ...settings.signIn, peopleScopes: ["api/read"] }],
  ["revocation", { mode: "on", whenUnknown: "allow" }],
  ["revocation", { mode: "off" }],
  ["anything", "else"],
])("%s is not %j", (member, value) => {
  expect(differing({ [member]: value })).toEqual([`guard-settings: ${member}`]);
});

test("the settings are those of stages.ts", () => {
  const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d";
  const stage = resolveStage(
    { default: { domain: "app.example.com", certificateArn, forwardToken: true } },
    "anna",
  );
  expect(differing({}, stage)).toEqual(["guard-settings: corsOrigins, forwardToken, appOrigins"]);
  const appOrigins = ["https://app.example.com"];
  expect(differing({ appOrigins, corsOrigins: [], forwardToken: true }, stage)).toEqual([]);
});

test("the guard signs for every origin and for no other host", () => {
  const second = resource(
    "aws:lambda/functionUrl:FunctionUrl",
    "SecondUrl",
    { functionName: "second" },
    { outputs: { functionUrl: `https://${evil}/` } },
  );
  const origins = [originUnderTest, { ...originUnderTest, originId: "/b/*", domainName: evil }];
  const change = { changes: { [resourceNames.distribution]: { origins } }, added: [second] };
  expect(differing({ otherFunctionUrlHosts: [evil] }, annaStage, change)).toEqual([]);
  expect(differing({}, annaStage, change)).toEqual(["guard-settings: otherFunctionUrlHosts"]);
});

test.each([undefined, "{", "[]", "null", 7, "{}", '{"settings":[]}', JSON.stringify(settings)])(
  "settings that read %j are refused",
  (text) => {
    const code = { archive: { "settings.json": { sha256: "4", bytes: 1, text } } };
    const chain = chainUnderTest({ changes: { [resourceNames.guard]: { code } } });
    expect(checkGuardSettings(chain)).toMatchObject([
      { rule: "guard-settings", message: expect.stringContaining("cannot be read here") },
    ]);
  },
);
