import { expect, test } from "vitest";

import { annaStage, graphUnderTest } from "../../../../test/graph-under-test.ts";
import { checkOutputSecrets } from "./output-secret.ts";
import { checkGraph } from "../rules.ts";

test("what run() returns may be read by everybody", () => {
  const outputs = { appUrl: "https://a.example", list: [1, { note: "secret" }], nothing: null };
  expect(checkOutputSecrets(graphUnderTest({ outputs }))).toEqual([]);
});

test.each([{ "<secret>": "x" }, [{ "<secret>": "x" }], { a: { b: { "<secret>": null } } }])(
  "%j is not for printing",
  (secret) => {
    const graph = graphUnderTest({ outputs: { appUrl: "https://a.example", secret } });
    const violations = checkOutputSecrets(graph);
    expect(violations).toMatchObject([{ rule: "output-secret", resource: "output::secret" }]);
    expect(checkGraph(graph, annaStage)).toEqual(violations);
  },
);
