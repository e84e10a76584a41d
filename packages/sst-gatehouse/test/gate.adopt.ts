import { readAttributes } from "@sst-gatehouse/blueprint/claims";
import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { defineAccess } from "@sst-gatehouse/core/access";
import { resourcesOf, type Graph, type Resource } from "@sst-gatehouse/deploy/graph";
import { checkGraph, checkNamesAcross, othersThanGuarded } from "@sst-gatehouse/deploy/rules";
import { describe, expect, test } from "vitest";

import { accessFile } from "./support/app-files.ts";
import { evaluateRun as evaluate, handler, one } from "./support/evaluate-run.ts";
import { access, evaluateSample, stageOf } from "./support/sample.ts";

/** What is secret, without its mark. */
const shown = (value: unknown): unknown =>
  Object.hasOwn(Object(value), "<secret>") ? Object(value)["<secret>"] : value;

const variablesOf = (resource: Resource): Record<string, unknown> =>
  Object(shown(Object(shown(resource.inputs["environment"])).variables));

/** The functions that the guard may call. */
const callable = (graph: Graph): unknown =>
  JSON.parse(String(shown(one(graph, "GateGuardPolicy").inputs["policy"]))).Statement[0].Resource;

test("a second backend has its paths, its lock and its place in the guard's policy", async () => {
  const graph = await evaluate('return new Gatehouse("Gate", gate).outputs;', {
    api: { handler },
    shop: { handler, paths: ["/shop", "/shop/*"] },
  });
  expect(checkGraph(graph, stageOf("anna"), access)).toEqual([]);
  const { orderedCacheBehaviors } = one(graph, "GateCdnDistribution").inputs;
  expect(orderedCacheBehaviors).toMatchObject([
    { pathPattern: "/shop" },
    { pathPattern: "/shop/*" },
  ]);
  const arns = ["GateApiFunction", "GateShopFunction"].map(
    (name) => one(graph, name).outputs["arn"],
  );
  expect(callable(graph)).toEqual(arns);
});

describe("a function that the app has", () => {
  const existing = `const covers = new sst.aws.Bucket("Covers");
    const args = {
      handler: ${JSON.stringify(handler)},
      link: [covers],
      memory: "1024 MB" as const,
      timeout: "20 seconds" as const,
      environment: { LOG_LEVEL: "info" },
    };`;
  const locked = `${existing}
    const api = new sst.aws.Function("Api", lock(gate, args));
    return new Gatehouse("Gate", { ...gate, functions: { api } }).outputs;`;

  test("keeps its name and what it is made of, and gets the lock", async () => {
    const before = await evaluate(`${existing}
    return { url: new sst.aws.Function("Api", { ...args, url: true }).url };`);
    const after = await evaluate(locked);
    const [was, is] = [before, after].map((graph) => one(graph, "ApiFunction"));
    expect(is!.urn).toBe(was!.urn);
    expect([is!.inputs["memorySize"], is!.inputs["timeout"]]).toEqual([1024, 20]);
    const own = variablesOf(was!);
    expect(variablesOf(is!)).toMatchObject({ LOG_LEVEL: "info", ...own });
    const added = Object.keys(variablesOf(is!)).filter((name) => !(name in own));
    expect(added.toSorted()).toEqual([
      "GATEHOUSE_CORS_ORIGINS",
      "GATEHOUSE_EDGE_ACCOUNT",
      "GATEHOUSE_EDGE_ROLE",
      "GATEHOUSE_STREAMING",
    ]);
    expect(one(after, "ApiUrl").inputs["authorizationType"]).toBe("AWS_IAM");
    // What the app had, it has, but for what let everybody call it: nothing of it is made anew.
    const names = (graph: Graph) => graph.resources.map(({ urn }) => urn);
    expect(names(before).filter((urn) => !names(after).includes(urn))).toEqual([
      "urn:pulumi:anna::gatehouse::sst:aws:Function$aws:lambda/permission:Permission::ApiInvokeFunction",
    ]);
  });

  test("is looked at, and what else the app has is listed as the app's own", async () => {
    const graph = await evaluate(locked);
    const stage = stageOf("anna");
    expect(checkGraph(graph, stage, access, { strict: false })).toEqual([]);
    expect(othersThanGuarded(graph).map(({ name }) => name)).toEqual([
      "CoversCors",
      "CoversPolicy",
      "CoversPublicAccessBlock",
      "CoversBucket",
    ]);
    // The closed world of an app that has nothing but its gate.
    const rules = checkGraph(graph, stage, access).map(({ rule }) => rule);
    expect(rules).toEqual(["type-unknown", "changes-ignored"]);
  });

  test.each([
    ["is public", 'url: { authorization: "none" }', "function-url-auth"],
    ["has a layer", 'layers: ["arn:aws:lambda:eu-central-1:1:layer:a:1"]', "backend-layers"],
  ])("is refused when it %s after all", async (_what, change, rule) => {
    const graph = await evaluate(`${existing}
    const api = new sst.aws.Function("Api", { ...lock(gate, args), ${change} });
    return new Gatehouse("Gate", { ...gate, functions: { api } }).outputs;`);
    const violations = checkGraph(graph, stageOf("anna"), access, { strict: false });
    expect(violations.map((violation) => violation.rule)).toContain(rule);
  });

  test.each([
    [
      "another function that may call it",
      `new sst.aws.Function("Other", { handler: ${JSON.stringify(handler)}, link: [api] });`,
      "invoke-granted",
    ],
    [
      "a permission for everybody",
      'new aws.lambda.Permission("Open", { action: "lambda:InvokeFunctionUrl", function: api.name, principal: "*", functionUrlAuthType: "AWS_IAM" });',
      "permission-backend",
    ],
    [
      "a router of the app's own that leads to it",
      'new sst.aws.Router("Past", { routes: { "/*": api.url } });',
      "distribution-past-guard",
    ],
  ])("is not to be reached by %s", async (_what, more, rule) => {
    const graph = await evaluate(
      locked.replace(
        "return new",
        `${more}
    return new`,
      ),
    );
    const violations = checkGraph(graph, stageOf("anna"), access, { strict: false });
    expect(violations.map((violation) => violation.rule)).toContain(rule);
  });

  test.each([
    ["is not locked", "args"],
    ["is not told whom to believe", "{ ...lock(gate, args), environment: {} }"],
    ["is locked for another gate", 'lock(gate, args, "BackOffice")'],
  ])("stops the deploy when it %s", async (_what, made) => {
    await expect(
      evaluate(`${existing}
    const api = new sst.aws.Function("Api", { ...${made}, url: { authorization: "iam" } });
    return new Gatehouse("Gate", { ...gate, functions: { api } }).outputs;`),
    ).rejects.toThrow("functions.api is not locked for this gate: make it of lock(gate, { … })");
  });

  test("is told apart from one that the gate does not know", async () => {
    await expect(
      evaluate(`${existing}
    const api = new sst.aws.Function("Api", lock(gate, args));
    return new Gatehouse("Gate", { ...gate, functions: { apo: api } }).outputs;`),
    ).rejects.toThrow("functions.apo is no backend of gate.ts, which has api");
  });

  test("is asked for where a backend has no handler", async () => {
    await expect(
      evaluate('return new Gatehouse("Gate", gate).outputs;', { api: {} }),
    ).rejects.toThrow("backends.api of gate.ts has no handler, and the function is not given");
  });
});

test("a function of another app is looked up, and the guard may call it", async () => {
  const graph = await evaluate(
    `const { functionUrl: url, functionArn: arn } = aws.lambda.getFunctionUrlOutput({ functionName: "legacy" });
    return new Gatehouse("Gate", { ...gate, functions: { legacy: { url, arn } } }).outputs;`,
    { api: { handler }, legacy: { paths: ["/legacy/*"] } },
  );
  expect(checkGraph(graph, stageOf("anna"), access)).toEqual([]);
  expect(callable(graph)).toEqual([
    one(graph, "GateApiFunction").outputs["arn"],
    "arn:aws:lambda:eu-central-1:123456789012:function:legacy",
  ]);
});

test("a company's sign-on is on every client of people, and may write what it maps", async () => {
  const graph = await evaluate(`return new Gatehouse("Gate", {
      ...gate,
      identityProviders: (userPoolId) => [
        new aws.cognito.IdentityProvider("Company", {
          userPoolId,
          providerName: "Company",
          providerType: "SAML",
          providerDetails: { MetadataURL: "https://sso.example.com/metadata.xml" },
          attributeMapping: { username: "sub", email: "mail", "custom:company_groups": "groups" },
        }),
      ],
      transform: {
        userPool(args) {
          args.schemas = [{ name: "company_groups", attributeDataType: "String", mutable: true }];
        },
      },
    }).outputs;`);
  expect(checkGraph(graph, stageOf("anna"), access)).toEqual([]);
  expect(one(graph, "GateWebClient").inputs).toMatchObject({
    supportedIdentityProviders: ["COGNITO", "Company"],
    writeAttributes: ["locale", "custom:company_groups", "email"],
  });
  expect(one(graph, "GateMachineClient").inputs).toMatchObject({
    supportedIdentityProviders: ["COGNITO"],
    writeAttributes: ["locale"],
  });
  expect(one(graph, "GateUsersUserPool").inputs["schemas"]).toMatchObject([
    { name: "company_groups" },
  ]);
});

test("two gates in one app share no name, logical or at AWS", async () => {
  const graph = await evaluate(
    `return { ...new Gatehouse("Gate", gate).outputs, admin: new Gatehouse("BackOffice", gate).url };`,
  );
  const urns = graph.resources.map(({ urn }) => urn);
  expect(new Set(urns).size).toBe(urns.length);
  const gates = ["Gate", "BackOffice"].map((gate) => ({
    ...graph,
    resources: graph.resources.filter(
      ({ name, type }) =>
        type.startsWith("aws:") &&
        (name.startsWith(gate) ||
          (name.endsWith("-Guard") && name.includes("back-office") === (gate === "BackOffice"))),
    ),
  }));
  expect(gates[0]!.resources.length).toBeGreaterThan(20);
  expect(gates[1]!.resources.length).toBe(gates[0]!.resources.length);
  expect(checkNamesAcross(gates[0]!, gates[1]!)).toEqual([]);
  const roles = resourcesOf(graph, "aws:iam/role:Role").map(({ inputs }) => inputs["name"]);
  expect(roles).toContain("gatehouse-anna-eu-central-1-guard");
  expect(roles).toContain("gatehouse-back-office-anna-eu-central-1-guard");
  expect(checkGraph(graph, stageOf("anna"), access, { strict: false })).toEqual([]);
});

test("an app whose rules list no scope has no client for machines", async () => {
  const rules = { scopes: [], rules: { "/*": "signed-in" } } as const;
  const { graph } = await evaluateSample({
    stage: "anna",
    changes: [accessFile(rules)],
  });
  const clients = resourcesOf(graph, "aws:cognito/userPoolClient:UserPoolClient");
  expect(clients.map(({ name }) => name)).toEqual(["GateWebClient"]);
  expect(Object.keys(graph.outputs)).not.toContain("machineClientId");
  const own = defineAccess(rules);
  expect(checkGraph(graph, resolveStage({ default: {} }, "anna", own), own)).toEqual([]);
});

test("claims of custom attributes are read by the clients for people, and need the attribute", async () => {
  const rules = { rules: { "/*": "signed-in" }, claims: ["email", "custom:tenant"] } as const;
  const { graph } = await evaluateSample({
    stage: "anna",
    changes: [accessFile(rules)],
  });
  const [web] = resourcesOf(graph, "aws:cognito/userPoolClient:UserPoolClient");
  expect(web?.inputs["readAttributes"]).toEqual(readAttributes(rules));
  const own = defineAccess(rules);
  const broken = checkGraph(graph, resolveStage({ default: {} }, "anna", own), own);
  expect(broken.map(({ rule }) => rule)).toEqual(["pool-claims"]);
});

test("a function that is linked to the gate knows its address, its pool and its clients", async () => {
  const graph = await evaluate(`const gateway = new Gatehouse("Gate", gate);
    new sst.aws.Function("Mailer", { handler: ${JSON.stringify(handler)}, link: [gateway] });
    return gateway.outputs;`);
  const { appUrl, userPoolId, webClientId } = graph.outputs;
  const [link] = graph.resources.filter(({ name }) => name === "GateLinkRef");
  expect(link?.outputs).toMatchObject({
    target: "Gate",
    properties: {
      type: "gatehouse.index.Gatehouse",
      url: appUrl,
      userPoolId,
      webClientId,
    },
  });
});
