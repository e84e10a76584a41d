import { expect, test } from "vitest";

import { createTrace } from "./trace-id.ts";

const nowMs = 0x5759e988 * 1000;
const root = "1-5759e988-bd862e3fe1be46a994272793";

test("a request without a trace begins one at the stack's time", () => {
  const { header, id } = createTrace(undefined, nowMs);
  expect(header).toMatch(/^Root=1-5759e988-[0-9a-f]{24}$/);
  expect(id).toMatch(
    new RegExp(`^${header};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0$`),
  );
});

test("a request with a trace keeps its root", () => {
  const incoming = `Root=${root};Sampled=1`;
  const trace = createTrace(incoming, nowMs);
  expect(trace.id).toMatch(new RegExp(`^Root=${root};Parent=`));
  expect(trace.header).toMatch(new RegExp(`^Self=1-5759e988-[0-9a-f]{24};${incoming}$`));
});

test("a header that is not a trace is not passed on", () => {
  expect(createTrace("Root=nonsense", nowMs).header).toMatch(/^Root=1-5759e988-[0-9a-f]{24}$/);
});
