import { resolveStage, type StageSettings } from "@sst-gatehouse/blueprint/stages";
import { resourcesOf, type Graph } from "@sst-gatehouse/deploy/graph";
import { checkGraph, othersThanGuarded } from "@sst-gatehouse/deploy/rules";
import { stageSettings } from "@sst-gatehouse/deploy/stage-settings";
import { expect, test } from "vitest";

import { evaluateRun, handler, one } from "./support/evaluate-run.ts";
import { access } from "./support/sample.ts";

const cert = "arn:aws:acm:us-east-1:123456789012:certificate/abc";

/** What `plan` says of address and certificate. */
const planned = (graph: Graph, settings: StageSettings = {}) =>
  stageSettings(graph, resolveStage({ default: settings }, "anna"))
    .filter(({ setting }) => setting === "address" || setting === "certificate")
    .map(({ value }) => value);

const evaluate = (domain: string, settings: StageSettings = {}): Promise<Graph> =>
  evaluateRun(
    `return new Gatehouse("Gate", { ...gate, ${domain === "" ? "" : `domain: ${domain}`} }).outputs;`,
    { api: { handler } },
    "anna",
    `stages: { default: ${JSON.stringify(settings)} },`,
  );

const rulesOf = (graph: Graph, settings: StageSettings = {}) =>
  checkGraph(graph, resolveStage({ default: settings }, "anna"), access, { strict: false }).map(
    ({ rule }) => rule,
  );

const settingsOf = (graph: Graph) =>
  JSON.parse(
    Object(one(graph, "gatehouse-anna-Guard").inputs["code"]).archive["settings.json"].text,
  ).settings;

const certificateOf = (graph: Graph): unknown =>
  Object(one(graph, "GateCdnDistribution").inputs["viewerCertificate"]).acmCertificateArn;

const name = "app.example.com";

test.each<[what: string, domain: string, settings: StageSettings]>([
  ["as the component's text", JSON.stringify(name), {}],
  ["as the component's object", `{ name: ${JSON.stringify(name)} }`, {}],
  ["as a setting of the stage", "", { domain: name }],
])(
  "a domain %s is the app's own origin, with a certificate and records",
  async (_what, domain, settings) => {
    const graph = await evaluate(domain, settings);
    expect(rulesOf(graph, settings)).toEqual([]);
    expect(graph.outputs).toMatchObject({ appUrl: `https://${name}` });
    expect(graph.outputs).not.toHaveProperty("pointTheDomainAt");
    expect(settingsOf(graph).appOrigins).toEqual([`https://${name}`]);
    expect(one(graph, "GateWebClient").inputs["callbackUrls"]).toEqual([
      `https://${name}/.auth/callback`,
    ]);
    // The guard knows its clients from the first deploy on.
    expect(settingsOf(graph).clients).toBeDefined();
    const records = resourcesOf(graph, "aws:route53/record:Record").map(({ inputs }) => [
      inputs["type"],
      inputs["name"],
    ]);
    expect(records).toEqual(
      expect.arrayContaining([
        ["A", name],
        ["AAAA", name],
        ["CNAME", expect.stringContaining(name)],
      ]),
    );
    expect(certificateOf(graph)).toMatch(/^arn:aws:acm:us-east-1:/);
    expect(planned(graph, settings)).toEqual([
      name,
      "ordered by SST, validated by records in the DNS",
    ]);
  },
);

test("a domain whose records are elsewhere takes a certificate, and says where to point", async () => {
  const graph = await evaluate(`{ name: ${JSON.stringify(name)}, dns: false, cert: "${cert}" }`);
  expect(rulesOf(graph)).toEqual([]);
  expect(resourcesOf(graph, "aws:route53/record:Record")).toEqual([]);
  expect(certificateOf(graph)).toBe(cert);
  expect(planned(graph)).toEqual([name, cert]);
  expect(graph.outputs["pointTheDomainAt"]).toBe(
    one(graph, "GateCdnDistribution").outputs["domainName"],
  );
});

test("aliases are names for callers; sign-ins and cookies stay at the name", async () => {
  const graph = await evaluate(
    `{ name: ${JSON.stringify(name)}, aliases: ["api.example.com"], redirects: ["www.example.com"] }`,
  );
  expect(rulesOf(graph)).toEqual([]);
  expect(one(graph, "GateCdnDistribution").inputs["aliases"]).toEqual([name, "api.example.com"]);
  expect(settingsOf(graph).appOrigins).toEqual([`https://${name}`]);
  // What leads www to the name has no guard and reaches nothing behind it.
  expect(othersThanGuarded(graph).map(({ name: other }) => other)).toContain(
    "GateCdnRedirectDistribution",
  );
});

test("an alias that the gate was not given is refused", async () => {
  const graph = await evaluate(JSON.stringify(name));
  const resources = graph.resources.map((resource) =>
    resource.name === "GateCdnDistribution"
      ? { ...resource, inputs: { ...resource.inputs, aliases: [name, "evil.example.com"] } }
      : resource,
  );
  expect(rulesOf({ ...graph, resources })).toEqual(["distribution-aliases"]);
});

test.each<[what: string, domain: string, settings: StageSettings, why: string]>([
  [
    "with its scheme",
    '"https://app.example.com"',
    {},
    "domain: https://app.example.com must be a host name such as app.example.com",
  ],
  [
    "with a wildcard beside it",
    '{ name: "app.example.com", aliases: ["*.example.com"] }',
    {},
    "domain: *.example.com must be a host name such as app.example.com",
  ],
  [
    "without records and certificate",
    '{ name: "app.example.com", dns: false }',
    {},
    'Need to provide a validated certificate via "cert" when DNS is disabled',
  ],
  [
    "in two places",
    '"app.example.com"',
    { domain: "other.example.com" },
    "the domain is said twice, in stages.ts (other.example.com) and to Gatehouse: say it once",
  ],
])("a domain %s stops the deploy", async (_what, domain, settings, why) => {
  await expect(evaluate(domain, settings)).rejects.toThrow(why);
});
