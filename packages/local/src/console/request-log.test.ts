import { expect, test } from "vitest";

import { createRequestLog } from "./request-log.ts";
import { renderDetails, renderSummary } from "./render.ts";

function setUp() {
  const told: unknown[] = [];
  const log = createRequestLog(
    (...said) => void told.push(said),
    () => 1_800_000_000_000,
  );
  return { log, told };
}

test("the terminal is told all that is explained, and nothing of what went well", () => {
  const { log, told } = setUp();
  log.explain("stack", "hello");
  log.explain("function-url", "403: no", ["why"], { request: "a" });
  log.watch("cloudfront", "received GET /", [], { request: "a" });
  expect(told).toEqual([
    ["stack", "hello", undefined, undefined],
    ["function-url", "403: no", ["why"], { request: "a" }],
  ]);
  expect(log.find("a")?.hops.map(({ what, refused }) => [what, refused])).toEqual([
    ["403: no", true],
    ["received GET /", false],
  ]);
});

test("what is kept is bounded: requests, hops, lines and characters", () => {
  const { log } = setUp();
  const about = { request: "big" };
  for (let count = 0; count < 50; count += 1)
    log.explain(
      "a",
      "x".repeat(1000),
      Array.from({ length: 100 }, () => "y".repeat(1000)),
      about,
    );
  const hops = log.find("big")?.hops ?? [];
  expect(hops).toHaveLength(40);
  expect([hops[0]?.what.length, hops[0]?.details.length, hops[0]?.details[0]?.length]).toEqual([
    300, 80, 300,
  ]);
  expect(JSON.stringify(hops).length).toBeLessThan(80_000);
  for (let count = 0; count < 300; count += 1) log.watch("a", "b", [], { request: `r${count}` });
  expect(log.since(0)).toHaveLength(200);
  expect([log.find("big"), log.find("r99")]).toEqual([undefined, undefined]);
  expect(log.since(0)[0]?.id).toBe("r299");
});

test("only what has changed is told, to who waits for it", async () => {
  const { log } = setUp();
  log.watch("a", "one", [], { request: "1" });
  const change = log.since(0)[0]?.change ?? 0;
  expect(log.since(change)).toEqual([]);
  const waited = new AbortController();
  const change2 = log.changed(waited.signal);
  log.watch("a", "two", [], { request: "2" });
  await change2;
  expect(log.since(change).map(({ id }) => id)).toEqual(["2"]);
  const gone = log.changed(waited.signal);
  waited.abort();
  await expect(gone).resolves.toBe(undefined);
});

test("a refusal comes first, beside what was signed, and nothing of it is HTML", () => {
  const { log } = setUp();
  log.watch("cloudfront", "received GET /<q>", ["accept: <s>"], { request: "<r>" });
  const canonical = { received: ["GET", "/a<", "same"], signed: ["GET", "/b<", "same"] };
  const details = ["canonical request, as computed here:", "  GET", "a hint"];
  log.explain("function-url", "403: <u>", details, { request: "<r>", canonical });
  log.watch("cloudfront", "answered 403", [], { request: "<r>", ms: 2 });
  const found = log.find("<r>");
  const html = found === undefined ? "" : renderSummary(found) + renderDetails(found);
  expect(html).not.toMatch(/<[qsur]>/);
  expect(html).toContain(
    '08:00:00  GET /&lt;q&gt;  → 403  2 ms <span class="bad">403: &lt;u&gt;</span>',
  );
  expect(html).toContain('<p class="reason">function-url: 403: &lt;u&gt;</p><table>');
  expect(html).toContain(
    '<tr class="differs"><td><mark>/a&lt;</mark></td><td><mark>/b&lt;</mark></td></tr>',
  );
  expect(html.match(/class="differs"/g)).toHaveLength(1);
  expect(html).toContain('<pre tabindex="0">a hint</pre>');
});

test("a line of the guard is a refusal where it says so", () => {
  const { log } = setUp();
  log.explain("guard", "forwarded", [], {
    request: "a",
    line: { outcome: "forwarded", rule: "/*" },
  });
  log.explain("guard", "403", [], { request: "b", line: { status: 403 } });
  expect(["a", "b"].map((id) => log.find(id)?.hops[0]?.refused)).toEqual([false, true]);
});
