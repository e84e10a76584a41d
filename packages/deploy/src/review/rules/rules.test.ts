import { defineAccess } from "@sst-gatehouse/core/access";
import { expect, test } from "vitest";

import {
  accessUnderTest as access,
  annaStage,
  behaviorUnderTest,
  graphUnderTest,
  resource,
  resourceNames,
  rulesOf,
} from "../../../test/graph-under-test.ts";
import { checkGraph } from "./rules.ts";

test("the correct graph breaks no rule", () => {
  expect(checkGraph(graphUnderTest(), annaStage, access)).toEqual([]);
});

test("what is missing is said, and what does not depend on it is looked at all the same", () => {
  const graph = graphUnderTest({
    without: [resourceNames.guard],
    changes: { [resourceNames.apiUrl]: { authorizationType: "NONE" } },
  });
  expect(checkGraph(graph, annaStage, access)).toMatchObject([
    { rule: "part-missing", resource: "aws:lambda/function:Function::gatehouse-anna-Guard" },
    { rule: "function-url-auth" },
  ]);
});

test("an empty graph is not in order", () => {
  const empty = { ...graphUnderTest(), resources: [] };
  expect(rulesOf(checkGraph(empty, annaStage, access))).toEqual(["part-missing"]);
});

/** One change a rule file, so that none of them can be left out. */
const changes: [rule: string, name: string, inputs: Readonly<Record<string, unknown>>][] = [
  ["guard-runtime", resourceNames.guard, { runtime: "nodejs24.x" }],
  ["guard-settings", resourceNames.guard, { code: { archive: {} } }],
  ["guard-role-path", resourceNames.guardRole, { path: "/a/" }],
  ["backend-runtime", resourceNames.api, { runtime: "nodejs24.x" }],
  ["function-url-auth", resourceNames.apiUrl, { authorizationType: "NONE" }],
  ["function-url-mode", resourceNames.apiUrl, { invokeMode: "BUFFERED" }],
  ["role-trust", resourceNames.apiRole, { assumeRolePolicy: '{"Statement":[{"Principal":"*"}]}' }],
  ["invoke-granted", resourceNames.apiRole, { inlinePolicies: [{ policy: "{" }] }],
  ["distribution-http", resourceNames.distribution, { httpVersion: "http1.1" }],
  ["origin-count", resourceNames.distribution, { origins: [] }],
  [
    "behaviour-redirect",
    resourceNames.distribution,
    { defaultCacheBehavior: { ...behaviorUnderTest, viewerProtocolPolicy: "allow-all" } },
  ],
  ["waf-attached", resourceNames.distribution, { webAclId: "arn:x" }],
  ["pool-sign-up", resourceNames.pool, { adminCreateUserConfig: undefined }],
  ["client-secret", resourceNames.web, { generateSecret: false }],
  ["parameter-type", resourceNames.guardParameter, { type: "SecureString" }],
  ["changes-ignored", resourceNames.guard, { $options: { ignoreChanges: ["code"] } }],
  ["name-length", resourceNames.pool, { name: "a".repeat(129) }],
];

test.each(changes)("%s is looked at", (rule, name, inputs) => {
  const graph = graphUnderTest({ changes: { [name]: inputs } });
  expect(rulesOf(checkGraph(graph, annaStage, access))).toContain(rule);
});

test("production, additions, permissions and the access rules are looked at", () => {
  expect(rulesOf(checkGraph(graphUnderTest({ protect: true }), annaStage, access))).toEqual([
    "production-protect",
  ]);
  const user = resource("aws:cognito/user:User", "Eve", { userPoolId: "pool" });
  expect(rulesOf(checkGraph(graphUnderTest({ added: [user] }), annaStage, access))).toEqual([
    "type-unknown",
  ]);
  const helper = resource("aws:ssm/parameter:Parameter", "Role", {
    value: "gatehouse-anna-eu-central-1-guard",
  });
  expect(rulesOf(checkGraph(graphUnderTest({ added: [helper] }), annaStage, access))).toEqual([
    "guard-role-shared",
  ]);
  const open = resource("aws:lambda/permission:Permission", "Open", { principal: "*" });
  expect(rulesOf(checkGraph(graphUnderTest({ added: [open] }), annaStage, access))).toEqual([
    "permission-public",
    "permission-backend",
  ]);
  const more = defineAccess({ scopes: ["api/read"], rules: { "/*": { groups: ["staff"] } } });
  expect(rulesOf(checkGraph(graphUnderTest(), annaStage, more))).toEqual([
    "guard-access",
    "resource-server-scopes",
    "pool-groups",
  ]);
});

test("a graph is judged by the settings of its own stage only", () => {
  expect(() => checkGraph(graphUnderTest({ stage: "bert" }), annaStage)).toThrow(
    "the graph is of stage bert, the settings are of anna",
  );
});
