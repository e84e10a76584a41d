import { expect, test } from "vitest";

import type { Graph } from "../../../dry-run/graph/graph.ts";
import {
  graphUnderTest,
  resource,
  resourceNames,
  rulesOf,
} from "../../../../test/graph-under-test.ts";
import { checkNames, checkNamesAcross, checkNamesElsewhere } from "./names.ts";

const long = (length: number) => "a".repeat(length);

test("the stage's own names are neither too long nor there twice", () => {
  expect(checkNames(graphUnderTest())).toEqual([]);
});

test.each([
  [resourceNames.api, { name: long(64) }],
  [resourceNames.guardRole, { name: long(64) }],
  [resourceNames.guardPolicy, { name: long(128) }],
  [resourceNames.apiLog, { name: long(512) }],
  [resourceNames.webParameter, { name: long(1011) }],
  [resourceNames.distribution, { comment: long(128) }],
  [resourceNames.pool, { name: long(128) }],
  [resourceNames.web, { name: long(128) }],
  [resourceNames.domain, { domain: long(63) }],
  ["GateCloudfrontFunction", { name: long(64) }],
])("%s may be called %j, and not one letter longer", (name, inputs) => {
  expect(checkNames(graphUnderTest({ changes: { [name]: inputs } }))).toEqual([]);
  const longer = Object.fromEntries(Object.entries(inputs).map(([key, text]) => [key, `${text}a`]));
  expect(rulesOf(checkNames(graphUnderTest({ changes: { [name]: longer } })))).toEqual([
    "name-length",
  ]);
});

test("a web ACL has a limit too", () => {
  const acl = (length: number) => [
    resource("aws:wafv2/webAcl:WebAcl", "A", { name: long(length) }),
  ];
  expect(checkNames(graphUnderTest({ added: acl(128) }))).toEqual([]);
  expect(rulesOf(checkNames(graphUnderTest({ added: acl(129) })))).toEqual(["name-length"]);
});

test("a generated name is the logical one and eight letters", () => {
  const named = (length: number) => [resource("aws:lambda/function:Function", long(length), {})];
  expect(checkNames(graphUnderTest({ added: named(56) }))).toEqual([]);
  expect(checkNames(graphUnderTest({ added: named(57) }))).toEqual([
    {
      rule: "name-length",
      resource: `aws:lambda/function:Function::${long(57)}`,
      message: `name ${long(57)}-0123456 has 65 characters and AWS accepts 64: shorten the stage`,
    },
  ]);
});

test("two functions with one name are refused, in one region only", () => {
  const twin = (region: string) =>
    resource("aws:lambda/function:Function", "Twin", { name: "twin" }, { region });
  const eu = twin("eu-central-1");
  expect(rulesOf(checkNames(graphUnderTest({ added: [eu, eu] })))).toEqual(["name-duplicate"]);
  expect(checkNames(graphUnderTest({ added: [eu, twin("us-east-1")] }))).toEqual([]);
});

test("a twin at CloudFront is one in any region", () => {
  const twin = (region: string) =>
    resource("aws:cloudfront/function:Function", "Twin", { name: "twin" }, { region });
  const added = [twin("eu-central-1"), twin("us-east-1")];
  expect(rulesOf(checkNames(graphUnderTest({ added })))).toEqual(["name-duplicate"]);
});

test("two roles with one name are refused in any region", () => {
  const twin = (region: string) =>
    resource("aws:iam/role:Role", "Twin", { name: "twin" }, { region });
  expect(
    rulesOf(checkNames(graphUnderTest({ added: [twin("eu-central-1"), twin("us-east-1")] }))),
  ).toEqual(["name-duplicate"]);
});

/** The same stage again, with its name in place of anna's wherever a name is given. */
function bert(): Graph {
  const graph: Graph = JSON.parse(JSON.stringify(graphUnderTest()).replaceAll("anna", "bert"));
  return graph;
}

test("two stages share no name", () => {
  expect(checkNamesAcross(graphUnderTest(), bert())).toEqual([]);
});

test.each([
  [resourceNames.api, { name: "api" }],
  [resourceNames.guardRole, { name: "gatehouse-guard" }],
  [resourceNames.apiLog, { name: "/gatehouse/api" }],
  [resourceNames.webParameter, { name: "/gatehouse/clients/web" }],
  [resourceNames.domain, { domain: "gatehouse" }],
  [resourceNames.distribution, { aliases: ["app.example.com"] }],
])("%s with the fixed %j would be wanted by both", (name, inputs) => {
  const anna = graphUnderTest({ changes: { [name]: inputs } });
  const other = bert();
  const same = {
    ...other,
    resources: other.resources.map((one) =>
      one.name === name ? { ...one, inputs: { ...one.inputs, ...inputs } } : one,
    ),
  };
  expect(rulesOf(checkNamesAcross(anna, same))).toEqual(["name-shared"]);
});

test("pools may share a name, and so may what is unique within a pool or a role only", () => {
  const changes = {
    [resourceNames.pool]: { name: "users" },
    [resourceNames.web]: { name: "web" },
    [resourceNames.guardPolicy]: { name: "policy" },
  };
  const anna = graphUnderTest({ changes });
  const shared = checkNamesAcross(anna, { ...anna, stage: "bert" });
  expect(shared.map(({ resource: label }) => label.split("::").at(-1))).toEqual([
    "GateCloudfrontFunction",
    resourceNames.apiLog,
    resourceNames.domain,
    resourceNames.apiRole,
    resourceNames.guardRole,
    resourceNames.api,
    resourceNames.machineParameter,
    resourceNames.webParameter,
    resourceNames.secretParameter,
    resourceNames.guardParameter,
    resourceNames.outputsParameter,
    resourceNames.revokedParameter,
  ]);
});

test("no name of the stage is one that it would have in another region", () => {
  expect(checkNamesElsewhere(graphUnderTest())).toEqual([]);
});

const acl = (name: string) =>
  resource("aws:wafv2/webAcl:WebAcl", "A", { name }, { region: "us-east-1" });
test.each([
  [
    ["name-elsewhere"],
    { changes: { [resourceNames.guardRole]: { name: "gatehouse-anna-guard" } } },
  ],
  [["name-elsewhere"], { changes: { GateCloudfrontFunction: { name: "gatehouse-anna" } } }],
  [["name-elsewhere"], { added: [acl("gatehouse-anna")] }],
  [[], { added: [acl("gatehouse-anna-eu-central-1")] }],
  // Random letters, a name of the home region's, and a name in DNS, of which there is one in the world.
  [[], { changes: { [resourceNames.apiRole]: { name: "gatehouse-anna-GateApiRole-abcdefgh" } } }],
  [[], { changes: { [resourceNames.apiLog]: { name: "/gatehouse/anna" } } }],
  [[], { changes: { [resourceNames.distribution]: { aliases: ["app.example.com"] } } }],
])("%j is broken by %j", (rules, graph) => {
  expect(rulesOf(checkNamesElsewhere(graphUnderTest(graph)))).toEqual(rules);
});
