import { readFileSync } from "node:fs";
import { join } from "node:path";

import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";

import { composeGuard } from "../src/compose.ts";
import { createLog } from "../src/log.ts";
import { behaviours } from "./behaviours.ts";
import { createBench, fromElsewhere } from "./test-browser.ts";
import { guardSettings } from "./events.ts";

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../docs/logs.schema.json"), "utf8"),
);
const ajv = new Ajv2020({ strict: true, formats: { uri: (text) => URL.canParse(text) } });
const isLine = ajv.compile(schema);

/** Every line of everything that a guard is known to do, and of a browser's day. */
async function linesOfAll(): Promise<readonly string[]> {
  const lines: string[] = [];
  const writeLine = createLog((line) => lines.push(line));
  for (const behaviour of Object.values(behaviours))
    await behaviour((parts) =>
      composeGuard({
        ...parts,
        log(entry) {
          parts.log(entry);
          writeLine(entry);
        },
      }),
    );
  const bench = createBench({ ...guardSettings, logPaths: true, metrics: true });
  await bench.signIn();
  await bench.browse("/x?secret=1");
  await bench.browse("/ADMIN/x");
  await bench.browse("/.auth/logout");
  await bench.send({ uri: "/x", method: "OPTIONS", headers: { ...fromElsewhere } });
  await bench.send({
    method: "OPTIONS",
    headers: { origin: "https://spa.example.com", "access-control-request-method": "GET" },
  });
  await bench.send({ uri: "/x", headers: { authorization: "Bearer x" } });
  return [...lines, ...bench.lines];
}

test("every line is one of the published schema, and every member of a decision is seen", async () => {
  const lines = await linesOfAll();
  expect(lines.length).toBeGreaterThan(60);
  const seen = new Set<string>();
  for (const line of lines) {
    const entry: object = JSON.parse(line);
    expect([isLine(entry), ajv.errorsText(isLine.errors), line]).toEqual([true, "No errors", line]);
    for (const [name, value] of Object.entries(entry)) {
      seen.add(name);
      if (name === "ms") for (const step of Object.keys(value)) seen.add(`ms.${step}`);
    }
  }
  const { decision, notice } = schema.$defs;
  const members = [
    ...Object.keys(decision.properties),
    ...Object.keys(decision.properties.ms.properties).map((step) => `ms.${step}`),
    ...Object.keys(notice.properties),
  ];
  expect([...seen].toSorted()).toEqual([...new Set(members)].toSorted());
});

test.each([
  ["a query", { query: "a=b" }],
  ["an address", { viewerAddress: "203.0.113.7" }],
  ["a token", { token: "x" }],
  ["a step that nobody knows", { ms: { total: 1, think: 1 } }],
  ["a name", { who: "alice" }],
])("a line with %s is none", (_what, more) => {
  const line = { v: 1, by: "guard", requestId: "r", method: "GET", outcome: "forwarded" };
  expect([isLine(line), isLine({ ...line, ...more })]).toEqual([true, false]);
});
