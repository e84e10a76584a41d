import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { describe, expect, test } from "vitest";

import { clientIdsOfLastDeploy, staleGuard } from "./baked-client-ids.ts";

const stage = resolveStage({ default: {} }, "anna");
const withWalkthrough = resolveStage({ default: { implicitGrant: true } }, "anna");

describe("what the last deploy wrote", () => {
  const outputs = {
    userPoolId: "eu-central-1_pool",
    clients: { web: { id: "w" }, machine: { id: "m" } },
  };

  test("is used for the same pool", () => {
    expect(clientIdsOfLastDeploy(outputs, "eu-central-1_pool", stage)).toEqual({
      web: "w",
      machine: "m",
    });
  });

  test.each([
    ["there was none", undefined, stage],
    ["the pool was replaced", { ...outputs, userPoolId: "eu-central-1_old" }, stage],
    ["the stage has a client that it did not have", outputs, withWalkthrough],
  ] as const)("is not used when %s", (_why, last, now) => {
    expect(clientIdsOfLastDeploy(last, "eu-central-1_pool", now)).toBeUndefined();
  });

  test("leaves out the walk-through's client when the stage no longer has it", () => {
    const last = { ...outputs, clients: { ...outputs.clients, walkthrough: { id: "t" } } };
    const ids = clientIdsOfLastDeploy(last, "eu-central-1_pool", stage);
    expect(ids).toEqual({ web: "w", machine: "m" });
  });
});

test("a guard that was made without client ids is to be made once more: after the first deploy, and after implicitGrant", () => {
  expect(staleGuard(["web", "machine"], undefined, { web: "w", machine: "m" })).toBe(
    "The guard was made before one of its app clients. Each new container asks Parameter Store for their ids, and answers 503 for a moment: deploy once more, and it knows them.",
  );
});

describe("a guard that was made with client ids", () => {
  const names = ["web", "machine"] as const;
  const ids = { web: "w", machine: "m" };
  const note =
    "An app client was replaced, and the guard still knows the old one: deploy once more.";

  test.each([
    ["knows a replaced client by its old id", names, ids, { ...ids, web: "new" }],
    ["knows another one so", names, ids, { ...ids, machine: "new" }],
    [
      "does not know one that the stage has now",
      [...names, "walkthrough"],
      ids,
      { ...ids, walkthrough: "t" },
    ],
  ] as const)("is stale when it %s", (_when, clients, baked, made) => {
    expect(staleGuard(clients, baked, made)).toBe(note);
  });

  test.each([
    ["knows each by its id", ids, ids],
    ["knows one that the stage no longer has", { ...ids, walkthrough: "t" }, ids],
  ] as const)("is not stale when it %s", (_when, baked, made) => {
    expect(staleGuard(names, baked, made)).toBeUndefined();
  });
});
