import { expect, test } from "vitest";

import { eventData } from "./event-data.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

async function read(chunks: readonly Uint8Array<ArrayBuffer>[]): Promise<string[]> {
  const seen: string[] = [];
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  for await (const data of eventData(body)) seen.push(data);
  return seen;
}

const streams: [what: string, text: string, data: string[]][] = [
  ["events with their ids and names", "id: 1\nevent: tick\ndata: a\n\ndata: b\n\n", ["a", "b"]],
  ["data of several lines", "data: a\ndata:b\n\n", ["a\nb"]],
  ["comments and events without data", ": still here\n\nevent: x\n\ndata: a\n\n", ["a"]],
  ["the end of a transfer in the middle of an event", "data: a\n\ndata: b", ["a"]],
  ["letters of several bytes", "data: grüße\n\n", ["grüße"]],
  ["nothing", "", []],
];

test.each(streams)("reads %s, whole and byte by byte", async (_what, text, data) => {
  expect(await read([bytes(text)])).toEqual(data);
  expect(await read(Array.from(bytes(text), (byte) => Uint8Array.of(byte)))).toEqual(data);
});

test("gives an event before the next one arrives", async () => {
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
  const events = eventData(readable);
  const writer = writable.getWriter();
  void writer.write(bytes("data: a\n\nda"));
  expect(await events.next()).toEqual({ done: false, value: "a" });
  void writer.write(bytes("ta: b\n\n"));
  expect(await events.next()).toEqual({ done: false, value: "b" });
  void writer.close();
  expect(await events.next()).toEqual({ done: true, value: undefined });
});

test("fails when the transfer breaks, so that nobody takes it for complete", async () => {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.error(new TypeError("terminated")),
  });
  await expect(eventData(body).next()).rejects.toThrow("terminated");
});
