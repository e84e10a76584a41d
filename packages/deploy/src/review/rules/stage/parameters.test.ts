import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { expect, test } from "vitest";

import type { Resource } from "../../../dry-run/graph/graph.ts";
import {
  chainUnderTest,
  outputsUnderTest as outputs,
  resource,
  resourceNames as names,
  rulesOf,
} from "../../../../test/graph-under-test.ts";
import { checkParameters } from "./parameters.ts";

type Inputs = Readonly<Record<string, unknown>>;

function check(name: string, inputs: Inputs): readonly string[] {
  return rulesOf(checkParameters(chainUnderTest({ changes: { [name]: inputs } })));
}

function more(name: string, value = "x"): Resource {
  return resource("aws:ssm/parameter:Parameter", `More-${name}`, { name, type: "String", value });
}

test("the parameters of guard and commands break no rule, in either of the provider's inputs", () => {
  expect(checkParameters(chainUnderTest())).toEqual([]);
  const inputs = { value: undefined, insecureValue: JSON.stringify(outputs) };
  expect(check(names.outputsParameter, inputs)).toEqual([]);
});

test("a parameter of somebody else's is not looked at", () => {
  expect(checkParameters(chainUnderTest({ added: [more("/elsewhere/secret")] }))).toEqual([]);
});

test.each([
  ["parameter-region", names.webParameter, { $region: "us-east-1" }],
  ["parameter-type", names.webParameter, { type: "SecureString" }],
  ["parameter-type", names.outputsParameter, { type: "StringList" }],
  ["parameter-type", names.secretParameter, { type: "String" }],
  ["parameter-type", names.secretParameter, { keyId: "alias/mine" }],
  ["parameter-type", names.secretParameter, { insecureValue: "open sesame" }],
  ["parameter-value", names.secretParameter, { value: "swordfish" }],
  ["parameter-value", names.secretParameter, { value: "" }],
  ["parameter-value", names.guardParameter, { value: "arn:aws:lambda:us-east-1:1:function:x:1" }],
  ["parameter-value", names.outputsParameter, { value: "{}" }],
  ["parameter-value", names.outputsParameter, { value: "not JSON" }],
  ["parameter-value", names.outputsParameter, { value: outputs }],
  ["parameter-value", names.revokedParameter, { value: "{}" }],
  ["parameter-value", names.revokedParameter, { value: '{"everybody":1,"users":{}}' }],
])("%s is broken when %s has %j", (rule, name, inputs) => {
  expect(check(name, inputs)).toEqual([rule]);
});

const { signInUrl: _signInUrl, ...withoutSignInUrl } = outputs;
test.each([
  [
    "a client's secret",
    { ...outputs, clients: { ...outputs.clients, machine: { id: "a", secret: "b" } } },
  ],
  ["another app", { ...outputs, appUrl: "https://evil.example" }],
  ["another Function URL", { ...outputs, functionUrl: `${outputs.functionUrl}/` }],
  ["another pool", { ...outputs, userPoolId: "eu-central-1_other" }],
  ["no sign-in", withoutSignInUrl],
  ["another sign-in", { ...outputs, signInUrl: "https://evil.example/login" }],
  ["more than that", { ...outputs, note: "x" }],
])("outputs with %s are refused", (_why, value) => {
  expect(check(names.outputsParameter, { value: JSON.stringify(value) })).toEqual([
    "parameter-value",
  ]);
});

test.each([
  names.guardParameter,
  names.outputsParameter,
  names.secretParameter,
  names.revokedParameter,
])("%s has to be there", (name) => {
  expect(rulesOf(checkParameters(chainUnderTest({ without: [name] })))).toEqual([
    "parameter-missing",
  ]);
});

test("the list of ended sign-ins is there in a stage that has turned it off too: the guard of before still reads it", () => {
  const off = resolveStage({ default: { revocation: "off" } }, "anna");
  const without = [names.revokedParameter];
  expect(rulesOf(checkParameters(chainUnderTest({}, off)))).toEqual([]);
  expect(rulesOf(checkParameters(chainUnderTest({ without }, off)))).toEqual(["parameter-missing"]);
});

test.each([
  "/gatehouse/gatehouse/anna/secret",
  "/gatehouse/gatehouse/anna/clients/other",
  "/gatehouse/gatehouse/production/clients/web",
  "/gatehouse/gatehouse/annabel/outputs",
  "/gatehouse/gatehouse/bert/outputs",
])("%s is not a name that the stage has", (name) => {
  expect(rulesOf(checkParameters(chainUnderTest({ added: [more(name)] })))).toEqual([
    "parameter-name",
  ]);
});

test("where the stage has the walk-through's client, the outputs name it and sign in by it", () => {
  const stage = resolveStage({ default: { implicitGrant: true } }, "anna");
  const id = "55db917b451f3b3e5c16957c55";
  const client = "aws:cognito/userPoolClient:UserPoolClient";
  const added = [
    resource(client, "GateWalkthroughClient", {}, { outputs: { id } }),
    more("/gatehouse/gatehouse/anna/clients/walkthrough", id),
  ];
  const value = JSON.stringify({
    ...outputs,
    signInUrl: outputs.signInUrl
      .replace(outputs.clients.web.id, id)
      .replace("response_type=code", "response_type=token"),
    clients: { ...outputs.clients, walkthrough: { id } },
  });
  const changes = { [names.outputsParameter]: { value } };
  expect(rulesOf(checkParameters(chainUnderTest({ added, changes }, stage)))).toEqual([]);
  expect(rulesOf(checkParameters(chainUnderTest({ added }, stage)))).toEqual(["parameter-value"]);
});

test("one call brings ten, and a standard parameter holds 4096 characters", () => {
  const five = Array.from({ length: 5 }, (_, index) => more(`/gatehouse/gatehouse/anna/${index}`));
  expect(rulesOf(checkParameters(chainUnderTest({ added: five.slice(1) })))).toEqual([
    "parameter-name",
  ]);
  expect(rulesOf(checkParameters(chainUnderTest({ added: five })))).toEqual([
    "parameter-name",
    "parameter-count",
  ]);
  expect(check(names.outputsParameter, { value: "x".repeat(4096) })).toEqual(["parameter-value"]);
  expect(check(names.outputsParameter, { value: "x".repeat(4097) })).toEqual([
    "parameter-size",
    "parameter-value",
  ]);
});
