import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { createBench } from "./test-browser.ts";
import { guardSettings } from "./events.ts";

const docs = join(import.meta.dirname, "../../../docs");
const page = readFileSync(join(docs, "logs.md"), "utf8");
const { decision, answer } = JSON.parse(readFileSync(join(docs, "logs.schema.json"), "utf8")).$defs;

const queries = [...page.matchAll(/^```logs-insights\n(.*?)^```/gms)].map(
  ([, query = ""]) => query,
);

interface Query {
  /** The members of a line that it reads. */
  readonly members: readonly string[];
  /** Those that a line must have to be found. */
  readonly asked: readonly string[];
  readonly functions: readonly string[];
}

/** Reads what a query of Logs Insights names: members, functions, and the names that it gives itself. */
function read(query: string): Query {
  const withoutTexts = query.replace(/"[^"]*"/g, '""');
  const own = [...withoutTexts.matchAll(/\bas (\w+)/g)].map(([, name = ""]) => name);
  const functions = [...withoutTexts.matchAll(/(\w+)\(/g)].map(([, name = ""]) => name);
  const namesIn = (text: string): string[] =>
    [...text.replace(/\w+\(|\bas \w+/g, " ").matchAll(/(?<![\w.@])[a-z_][\w.]*/gi)]
      .map(([name]) => name)
      .filter((name) => !words.has(name) && !own.includes(name));
  const filters = withoutTexts.split(/\n\| /).filter((part) => part.startsWith("filter"));
  return { members: namesIn(withoutTexts), asked: namesIn(filters.join("\n")), functions };
}

const words = new Set(
  "fields filter stats sort limit by and or asc desc as not in like".split(" "),
);
const knownFunctions = "count pct max min avg sum bin ispresent".split(" ");

/** `by` is a word of the language and a member of ours. */
const isMember = (name: string): boolean =>
  name.startsWith("ms.")
    ? name.slice(3) in decision.properties.ms.properties
    : name in decision.properties || name in answer.properties;

test("the page has queries", () => {
  expect(queries.length).toBeGreaterThanOrEqual(7);
});

test.each(queries)(
  "a query names members of the schema and functions that there are: %s",
  (query) => {
    const { members, functions } = read(query);
    expect(members.length).toBeGreaterThan(0);
    expect(members.filter((name) => !isMember(name))).toEqual([]);
    expect(functions.filter((name) => !knownFunctions.includes(name))).toEqual([]);
  },
);

/** What the values that a filter compares with may be, by member. */
test("a query compares with values that the members can have", () => {
  const compared = queries.flatMap((query) => [...query.matchAll(/(\w+) = "([^"]*)"/g)]);
  expect(compared.length).toBeGreaterThan(6);
  const unfit = compared.filter(([, name = "", value = ""]) => {
    if (name === "by") return value !== "guard" && value !== "backend";
    const {
      enum: list,
      pattern,
      type,
    } = {
      ...answer.properties[name],
      ...decision.properties[name],
    };
    if (list !== undefined) return !list.includes(value);
    return pattern === undefined ? type !== "string" : !new RegExp(pattern).test(value);
  });
  expect(unfit.map(([text]) => text)).toEqual([]);
});

test("each query about the guard finds lines of ours", async () => {
  const bench = createBench(guardSettings);
  const { browse, send, signIn, cognito } = bench;
  await signIn();
  await browse("/x");
  await browse("/ADMIN/x");
  await send({
    uri: "/admin/x",
    headers: { authorization: `Bearer ${cognito.accessToken({ sub: "a" })}` },
  });
  const lines = bench.lines.map((line): Record<string, unknown> => JSON.parse(line));
  for (const query of queries.filter((text) => !text.includes('by = "backend"'))) {
    const { asked } = read(query);
    const found = lines.filter((line) => asked.every((name) => name in line));
    expect([query, found.length > 0]).toEqual([query, true]);
  }
});
