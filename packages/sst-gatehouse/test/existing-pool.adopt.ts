import { resolveStage, type Stage } from "@sst-gatehouse/blueprint/stages";
import { defineAccess } from "@sst-gatehouse/core/access";
import { resourcesOf, type Graph } from "@sst-gatehouse/deploy/graph";
import { checkGraph, othersThanGuarded } from "@sst-gatehouse/deploy/rules";
import { describe, expect, test } from "vitest";

import { evaluateRun, handler, one } from "./support/evaluate-run.ts";
import { access, evaluateSample, stageOf } from "./support/sample.ts";

const poolId = "eu-central-1_Shop12345";
const named = `users: "${poolId}"`;
const gate = 'return new Gatehouse("Gate", gate).outputs;';
const evaluate = (run = gate, more = named, stage = "anna"): Promise<Graph> =>
  evaluateRun(run, { api: { handler } }, stage, more);

const rulesOf = (graph: Graph, stage: Stage = stageOf("anna"), strict = false) =>
  checkGraph(graph, stage, access, { strict }).map(({ rule }) => rule);

const cognito = ({ resources }: Graph): readonly string[] =>
  resources.filter(({ type }) => type.startsWith("aws:cognito/")).map(({ name }) => name);

const settingsOf = (graph: Graph, name = "gatehouse-anna-Guard") =>
  JSON.parse(Object(one(graph, name).inputs["code"]).archive["settings.json"].text).settings;

test("of a pool by its id, a gate makes app clients and scopes, and nothing else", async () => {
  const graph = await evaluate();
  expect(cognito(graph)).toEqual(["GateResourceServer", "GateMachineClient", "GateWebClient"]);
  for (const name of cognito(graph)) expect(one(graph, name).inputs["userPoolId"]).toBe(poolId);
  expect(rulesOf(graph)).toEqual([]);
  expect(rulesOf(graph, stageOf("anna"), true)).toEqual([]);
  const stage = (userPoolId: string) => ({ ...stageOf("anna"), userPoolId });
  expect(rulesOf(graph, stage(poolId))).toEqual([]);
  expect(rulesOf(graph, stage("eu-central-1_Other"))).toEqual(["pool-named"]);
  expect(graph.outputs).toMatchObject({
    userPoolId: poolId,
    signInUrl: expect.stringMatching(
      /^https:\/\/domain-of-eu-central-1-shop12345\.auth\.eu-central-1\.amazoncognito\.com\/login\?/,
    ),
  });
  expect(settingsOf(graph)).toMatchObject({
    issuers: [
      `https://cognito-idp.eu-central-1.amazonaws.com/${poolId}`,
      `https://issuer-cognito-idp.eu-central-1.amazonaws.com/${poolId}`,
    ],
    signIn: {
      hostedOrigin: "https://domain-of-eu-central-1-shop12345.auth.eu-central-1.amazoncognito.com",
    },
  });
});

test("a pool is for the stages that gate.ts names; another stage has its own", async () => {
  const more = `users: { production: "${poolId}" }`;
  const [anna, production] = [await evaluate(gate, more), await evaluate(gate, more, "production")];
  expect(cognito(anna)).toContain("GateUsersUserPool");
  expect(cognito(production)).not.toContain("GateUsersUserPool");
  expect(one(production, "GateWebClient").inputs["userPoolId"]).toBe(poolId);
});

test("rules without scopes add the guard's client alone", async () => {
  const rules = { scopes: [], rules: { "/*": "signed-in" } } as const;
  const own = defineAccess(rules);
  const graph = await evaluate(
    `return new Gatehouse("Gate", { ...gate, access: ${JSON.stringify(own)} }).outputs;`,
  );
  expect(cognito(graph)).toEqual(["GateWebClient"]);
  const stage = resolveStage({ default: {} }, "anna", own);
  expect(checkGraph(graph, stage, own, { strict: false })).toEqual([]);
});

/** A pool of the app's own, closed unless said otherwise. */
const pool = (inputs = "{ adminCreateUserConfig: { allowAdminCreateUserOnly: true } }"): string =>
  `const people = new sst.aws.CognitoUserPool("People", {
      transform: { userPool: (args) => { Object.assign(args, ${inputs}); } },
    });
    const domain = new aws.cognito.UserPoolDomain("PeopleDomain", { domain: "shop-people", userPoolId: people.id });`;
const closed = "adminCreateUserConfig: { allowAdminCreateUserOnly: true }";
const withPool = (made = pool(), users = "{ pool: people, domain }"): string =>
  `${made}
    return new Gatehouse("Gate", { ...gate, users: ${users} }).outputs;`;

describe("a pool that the app has", () => {
  test("stays the app's, with its domain, its groups and its other clients", async () => {
    const own = `${pool()}
    new sst.aws.CognitoUserPool("Others");
    people.addClient("Mobile");`;
    const before = await evaluate(`${own} return {};`, "");
    const after = await evaluate(withPool(own), "");
    for (const name of ["PeopleUserPool", "PeopleDomain", "MobileClient"])
      expect(one(after, name)).toEqual(one(before, name));
    expect(cognito(after).filter((name) => name.startsWith("Gate"))).toEqual([
      "GateResourceServer",
      "GateMachineClient",
      "GateWebClient",
    ]);
    const { id } = one(after, "PeopleUserPool").outputs;
    expect(one(after, "GateWebClient").inputs["userPoolId"]).toBe(id);
    expect(settingsOf(after).signIn.hostedOrigin).toBe(
      "https://shop-people.auth.eu-central-1.amazoncognito.com",
    );
    expect(rulesOf(after)).toEqual([]);
    expect(othersThanGuarded(after).map(({ name }) => name)).toContain("PeopleUserPool");
  });

  test("may have a sign-in domain of its own name", async () => {
    const custom = pool().replace(
      '"shop-people"',
      '"auth.example.com", certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/a"',
    );
    const graph = await evaluate(withPool(custom), "");
    expect(settingsOf(graph).signIn.hostedOrigin).toBe("https://auth.example.com");
    expect(rulesOf(graph)).toEqual([]);
  });

  test("signs people in by the providers that the gate is given", async () => {
    const graph = await evaluate(
      `return new Gatehouse("Gate", {
        ...gate,
        identityProviders: (id) => [aws.cognito.IdentityProvider.get("Company", $interpolate\`\${id}:Company\`)],
      }).outputs;`,
    );
    expect(one(graph, "GateWebClient").inputs["supportedIdentityProviders"]).toEqual([
      "COGNITO",
      "Company",
    ]);
    expect(rulesOf(graph)).toEqual([]);
  });

  test("on Cognito's plan Lite has refresh tokens that do not rotate, which the plan says", async () => {
    const graph = await evaluate(withPool(pool(`{ ${closed}, userPoolTier: "LITE" }`)), "");
    const { inputs } = one(graph, "GateWebClient");
    expect([inputs["refreshTokenRotation"], inputs["explicitAuthFlows"]]).toEqual([
      undefined,
      ["ALLOW_REFRESH_TOKEN_AUTH"],
    ]);
    expect(rulesOf(graph)).toEqual([]);
    expect(graph.outputs["refreshTokens"]).toMatch(
      /^do not rotate: the user pool eu-central-1_\w+ is on Cognito's plan Lite$/,
    );
  });
});

const trigger = "arn:aws:lambda:eu-central-1:123456789012:function:challenge";
test.each<[what: string, run: string, more: string, why: string]>([
  [
    "that anybody may sign up to",
    withPool(pool("{}")),
    "",
    "lets anybody on the internet sign up, and then every `signed-in` rule admits them: set allowAdminCreateUserOnly on the pool, or selfSignUp in stages.ts if you mean that",
  ],
  [
    "without a sign-in domain",
    withPool(pool(), "people"),
    "",
    "has no sign-in domain: give it one, such as new aws.cognito.UserPoolDomain(…), and hand over both: users: { pool, domain }",
  ],
  [
    "whose triggers an open client would bring to life",
    withPool(pool(`{ ${closed}, lambdaConfig: { defineAuthChallenge: "${trigger}" } }`)),
    "stages: { default: { spaClient: true } },",
    "has triggers for a custom sign-in, and an app client without a secret would open it to everybody",
  ],
  [
    "on the plan Lite with an open client",
    withPool(pool(`{ ${closed}, userPoolTier: "LITE" }`)),
    "stages: { default: { spaClient: true } },",
    "stages.ts: spaClient needs refresh tokens that rotate, because its app client has no secret, and the user pool eu-central-1_",
  ],
  [
    "of another region",
    gate,
    'users: "eu-west-1_Shop12345"',
    'gate.ts: users must be the id of a user pool in eu-central-1, such as "eu-central-1_AbCdEfGhI"',
  ],
  [
    "with settings that only a pool of the gate's own could have",
    withPool(),
    'stages: { default: { mfa: "required" } },',
    "stages.ts: stage anna: mfa is the user pool's own, and the gate changes nothing of a pool that is there already: set it on the pool, and take it away here",
  ],
  [
    "with a change of it",
    gate.replace("gate)", "{ ...gate, transform: { userPool() {} } })"),
    named,
    "transform changes the user pool that a gate makes, and this gate is given one: change that pool where it is made",
  ],
])("a pool %s stops the deploy", async (_what, run, more, why) => {
  await expect(evaluate(run, more)).rejects.toThrow(why);
});

test("a custom sign-in that only the guard's client could start is the pool's own matter", async () => {
  const graph = await evaluate(
    withPool(pool(`{ ${closed}, lambdaConfig: { defineAuthChallenge: "${trigger}" } }`)),
    "",
  );
  expect(rulesOf(graph)).toEqual([]);
  const spa = resolveStage({ default: { spaClient: true } }, "anna");
  expect(rulesOf(graph, spa)).toContain("part-missing");
});

/** What the component could get wrong of a pool that is not its own, each with the rule that sees it. */
test.each([
  [
    "a client of another pool",
    "userPoolId: users.id",
    'userPoolId: "eu-central-1_Other"',
    "client-pool",
  ],
  ["no secret", "generateSecret,", "generateSecret: false,", "client-secret"],
  [
    "a sign-in that does not rotate",
    "rotates.apply(refreshTokenRotation)",
    "undefined",
    "client-rotation",
  ],
])("of an existing pool, %s is refused", async (_what, from, to, rule) => {
  const file = "packages/sst-gatehouse/src/component/app-clients.ts";
  const { graph } = await evaluateSample({
    stage: "anna",
    changes: [
      { file: "gate.ts", from: "defineGate({", to: `defineGate({ ${named},` },
      { file, from, to },
    ],
  });
  expect(rulesOf(graph)).toContain(rule);
});

test("the guard's keys are those of the pool, and no other's", async () => {
  const graph = await evaluate();
  const guard = one(graph, "gatehouse-anna-Guard");
  const text = JSON.stringify(Object(guard.inputs["code"]).archive["settings.json"].text);
  const other = JSON.stringify(
    JSON.parse(text).replace(poolId, "eu-central-1_Other").replaceAll(poolId, "eu-central-1_Other"),
  );
  const changed: Graph = {
    ...graph,
    resources: graph.resources.map((resource) =>
      resource === guard ? JSON.parse(JSON.stringify(resource).replace(text, other)) : resource,
    ),
  };
  expect(rulesOf(changed)).toContain("guard-settings");
  expect(resourcesOf(changed, "aws:cognito/userPool:UserPool")).toEqual([]);
});
