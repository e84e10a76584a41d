import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { expect, test } from "vitest";

import { attributeOf } from "../../../dry-run/graph/resource-values.ts";
import { findChain } from "./chain.ts";
import {
  annaStage,
  chainUnderTest,
  graphUnderTest,
  resource,
  resourceNames as names,
} from "../../../../test/graph-under-test.ts";

test("the chain has each part, and the clients by the names that the guard knows", () => {
  const chain = chainUnderTest();
  expect(chain.guard.name).toBe("gatehouse-anna-Guard");
  expect(chain.backends).toEqual([chain.backend]);
  expect([...chain.clients].map(([client, { name }]) => [client, name])).toEqual([
    ["web", names.web],
    ["machine", names.machine],
  ]);
});

test.each([
  names.distribution,
  names.guard,
  names.guardRole,
  names.apiUrl,
  names.api,
  names.apiRole,
  names.pool,
  names.domain,
  names.resourceServer,
  names.web,
  names.machine,
  names.webParameter,
])("without %s there is no chain but a violation", (name) => {
  const violations = findChain(graphUnderTest({ without: [name] }), annaStage);
  expect(violations).toMatchObject([{ rule: "part-missing" }]);
});

test.each([
  names.distribution,
  names.guard,
  names.guardRole,
  names.apiUrl,
  names.api,
  names.apiRole,
  names.pool,
  names.domain,
  names.resourceServer,
  names.web,
  names.webParameter,
])("with a second %s there is no chain but a violation", (name) => {
  const graph = graphUnderTest();
  const twin = graph.resources.filter((candidate) => candidate.name === name);
  const violations = findChain(graphUnderTest({ added: twin }), annaStage);
  expect(violations).toMatchObject([{ rule: "part-duplicate" }]);
});

test("a violation says how many there are, and what to do", () => {
  const name = names.api;
  const twin = graphUnderTest().resources.filter((candidate) => candidate.name === name);
  expect([
    findChain(graphUnderTest({ without: [name] }), annaStage),
    findChain(graphUnderTest({ added: twin }), annaStage),
    findChain(graphUnderTest({ without: [names.pool] }), annaStage),
  ]).toEqual([
    [
      {
        rule: "part-missing",
        resource: "aws:lambda/function:Function::GateApiFunction",
        message:
          "the stage has none of these and needs exactly one, so what depends on it could not be checked: declare it once, under this name",
      },
    ],
    [
      {
        rule: "part-duplicate",
        resource: "aws:lambda/function:Function::GateApiFunction",
        message:
          "the stage has 2 of these and needs exactly one, so what depends on it could not be checked: declare it once, under this name",
      },
    ],
    [
      {
        rule: "part-missing",
        resource: "aws:cognito/userPool:UserPool::*",
        message:
          "the stage has none of these and needs exactly one, so what depends on it could not be checked: declare it once",
      },
    ],
  ]);
});

test("a client's parameter that holds another id leads to no client", () => {
  const changes = { [names.webParameter]: { value: { "<secret>": "somebodyelse" } } };
  expect(findChain(graphUnderTest({ changes }), annaStage)).toMatchObject([
    { rule: "part-missing", resource: "aws:cognito/userPoolClient:UserPoolClient::web" },
  ]);
});

test("a stage with the implicit grant needs the walk-through's client too", () => {
  const stage = resolveStage({ default: { implicitGrant: true } }, "anna");
  expect(findChain(graphUnderTest(), stage)).toMatchObject([
    { rule: "part-missing", resource: "aws:cognito/userPoolClient:UserPoolClient::walkthrough" },
  ]);
});

test("an attribute that the graph lacks is a mistake of the graph, never equal to another that it lacks", () => {
  expect(() => attributeOf(resource("aws:x", "A", {}), "arn")).toThrow(
    "the graph has no arn of aws:x::A",
  );
  const empty = resource("aws:x", "A", {}, { outputs: { arn: "" } });
  expect(() => attributeOf(empty, "arn")).toThrow("the graph has no arn of aws:x::A");
});
