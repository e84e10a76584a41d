import { expect, test } from "vitest";

import { graphUnderTest, resourceNames } from "../../../test/graph-under-test.ts";
import { clientsOf } from "./clients-in-plan.ts";

test("clients are told with how one gets tokens by them, and where those go", () => {
  const [machine, web] = clientsOf(graphUnderTest());
  expect(machine).toEqual({
    name: "gatehouse-anna-machine",
    flows: ["client_credentials"],
    secret: true,
    scopes: ["api/read", "api/write"],
    returnsTo: [],
  });
  expect(web).toMatchObject({ name: "gatehouse-anna-web", flows: ["code"], secret: true });
  expect(web?.returnsTo).toHaveLength(1);
});

test("a client that says nothing is told by its logical name", () => {
  const nothing = {
    name: undefined,
    allowedOauthFlows: undefined,
    allowedOauthScopes: undefined,
    generateSecret: undefined,
  };
  const changes = { [resourceNames.machine]: nothing };
  expect(clientsOf(graphUnderTest({ changes }))[0]).toEqual({
    name: resourceNames.machine,
    flows: [],
    secret: false,
    scopes: [],
    returnsTo: [],
  });
});
