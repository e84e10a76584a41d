import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { eventStream } from "./event-stream.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const tick = (number: number, of: number) =>
  `id: ${number}\nevent: tick\ndata: {"number":${number},"of":${of}}\n\n`;
const heartbeat = ": still here\n\n";

/** Reads to the end; each piece with the milliseconds since the beginning. */
async function record(stream: ReadableStream<Uint8Array>): Promise<[atMs: number, text: string][]> {
  const pieces: [number, string][] = [];
  const begin = Date.now();
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    pieces.push([Date.now() - begin, new TextDecoder().decode(read.value)]);
  }
  return pieces;
}

test("sends the first event at once, the others at their time, then ends", async () => {
  const recorded = record(eventStream({ events: 3, intervalMs: 1000 }));
  await vi.runAllTimersAsync();
  expect(await recorded).toEqual([
    [0, tick(1, 3)],
    [1000, tick(2, 3)],
    [2000, tick(3, 3)],
  ]);
});

test("never stays silent for longer than 15 seconds", async () => {
  const recorded = record(eventStream({ events: 2, intervalMs: 40_000 }));
  await vi.runAllTimersAsync();
  expect(await recorded).toEqual([
    [0, tick(1, 2)],
    [15_000, heartbeat],
    [30_000, heartbeat],
    [40_000, tick(2, 2)],
  ]);
});

test("stops waiting when nobody reads on", async () => {
  const reader = eventStream({ events: 2, intervalMs: 40_000 }).getReader();
  await reader.read();
  const next = reader.read();
  await vi.advanceTimersByTimeAsync(1000);
  expect(vi.getTimerCount()).toBe(1);
  await reader.cancel();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(vi.getTimerCount()).toBe(0);
});
