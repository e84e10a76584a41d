import { expect, test } from "vitest";

import { createTrace } from "./trace-id.ts";

const nowMs = 0x5759e988 * 1000;
const root = "1-5759e988-bd862e3fe1be46a994272793";

test("a request without a trace begins one at the stack's time", () => {
  const { header, root: answered } = createTrace(undefined, nowMs);
  expect(header).toMatch(/^Root=1-5759e988-[0-9a-f]{24}$/);
  expect(answered).toBe(header);
});

test("a request with a trace keeps its root", () => {
  const incoming = `Root=${root};Sampled=1`;
  const trace = createTrace(incoming, nowMs);
  expect(trace.root).toBe(`Root=${root}`);
  expect(trace.header).toMatch(new RegExp(`^Self=1-5759e988-[0-9a-f]{24};${incoming}$`));
});

test("a header that is not a trace is not passed on", () => {
  expect(createTrace("Root=nonsense", nowMs).header).toMatch(/^Root=1-5759e988-[0-9a-f]{24}$/);
});
