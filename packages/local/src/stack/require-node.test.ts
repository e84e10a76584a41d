import { expect, test } from "vitest";

import { requireNode } from "./require-node.ts";

test("a Node that cannot take rights from the functions is refused before anything starts", () => {
  expect(() => requireNode(process)).not.toThrow();
  const flags = new Set(process.allowedNodeEnvironmentFlags);
  flags.delete("--permission");
  const older = { ...process.versions, node: "20.20.2" };
  expect(() => requireNode({ allowedNodeEnvironmentFlags: flags, versions: older })).toThrow(
    "Node 20.20.2 is too old to run the functions as Lambda does: use Node 22.18 or newer",
  );
});
