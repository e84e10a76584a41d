import { expect, test } from "vitest";

import { toTraceParent, traceOf } from "./trace.ts";

test("a trace that is begun has ids that nobody has had, of digits that are random where its flags say so", () => {
  const traces = Array.from({ length: 400 }, () => traceOf(undefined));
  for (const trace of traces) {
    expect(trace).toMatchObject({ flags: "03", continued: false });
    expect(toTraceParent(trace)).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-03$/);
  }
  expect(new Set(traces.flatMap(({ traceId, spanId }) => [traceId.slice(16), spanId])).size).toBe(
    800,
  );
  // W3C Trace Context, level 2: with the flag, the last seven bytes of a trace's id are random.
  for (let digit = 18; digit < 32; digit += 1)
    expect(new Set(traces.map(({ traceId }) => traceId[digit])).size).toBe(16);
});

test("a trace that is continued keeps its id, and has a part of ours", () => {
  const given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const { spanId, ...trace } = traceOf([given]);
  expect(trace).toEqual({
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    flags: "01",
    continued: true,
  });
  expect(spanId).toMatch(/^(?!00f067aa0ba902b7)[\da-f]{16}$/);
});
