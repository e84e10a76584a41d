import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  isNonJsonSerializable,
  splitLink,
} from "@trpc/client";
import { EventSource } from "eventsource";
import { expect, test } from "vitest";

import type { Router } from "../apps/trpc";
import { playedGate, seededBytes } from "./gate";

const gate = playedGate();
const url = () => `${gate.current.url}/trpc`;
const fetched = () => ({ url: url(), fetch: gate.current.call });

test("knows who calls, in a batch and alone", async () => {
  const { query } = createTRPCClient<Router>({ links: [httpBatchLink(fetched())] }).whoami;
  expect(await Promise.all([query(), query()])).toEqual([
    expect.objectContaining({ kind: "user", username: "alice" }),
    expect.objectContaining({ kind: "user", username: "alice" }),
  ]);
  const alone = createTRPCClient<Router>({ links: [httpLink(fetched())] });
  expect(await alone.save.mutate({ text: "Grüße" })).toBe(5);
});

test("gives the quick answer of a batch while the slow one is still made", async () => {
  const client = createTRPCClient<Router>({ links: [httpBatchStreamLink(fetched())] });
  const order: unknown[] = [];
  await Promise.all([
    client.slow.query().then((answer) => order.push(answer)),
    client.double.query(21).then((answer) => order.push(answer)),
  ]);
  expect(order).toEqual([42, "slow"]);
});

test("uploads a file", async () => {
  const client = createTRPCClient<Router>({
    links: [
      splitLink({
        condition: ({ input }) => isNonJsonSerializable(input),
        true: httpLink(fetched()),
        false: httpBatchLink(fetched()),
      }),
    ],
  });
  const form = new FormData();
  form.set("file", new File([seededBytes(2_000_000)], "Grüße.bin"));
  expect(await client.upload.mutate(form)).toEqual({ name: "Grüße.bin", bytes: 2_000_000 });
});

test("subscribes by server-sent events", async () => {
  const token = await gate.current.as("alice").token();
  const client = createTRPCClient<Router>({
    links: [
      httpSubscriptionLink({
        url: url(),
        EventSource,
        eventSourceOptions: {
          fetch: (input: string | URL, init: RequestInit) =>
            fetch(input, {
              ...init,
              headers: {
                ...Object.fromEntries(new Headers(init.headers)),
                authorization: `Bearer ${token}`,
              },
            }),
        },
      }),
    ],
  });
  const ticks = await new Promise<unknown[]>((resolve, reject) => {
    const seen: unknown[] = [];
    client.ticks.subscribe(3, {
      onData: (tick) => seen.push(tick),
      onComplete: () => resolve(seen),
      onError: reject,
    });
  });
  expect(ticks).toEqual([0, 1, 2]);
});
