import * as fc from "fast-check";

import { loadBuiltGuard } from "@sst-gatehouse/edge/test/built-guard";
import { fuzzedEvent } from "@sst-gatehouse/edge/test/fuzz/event";
import { guardSettings } from "@sst-gatehouse/edge/test/events";
import { credentials } from "./credentials.ts";

const warmUpEvents = 2000;

/** @returns what the guard takes for a broken event, refused or signed, on average, in microseconds. */
export async function measureFuzzedEvents(events: number): Promise<number> {
  const fetchedAt = Math.floor(Date.now() / 1000);
  const keys = guardSettings.jwks?.keys ?? [];
  const settings = { ...guardSettings, jwks: { keys, fetchedAt } };
  const guard = await loadBuiltGuard(settings, () => {}, credentials);
  try {
    for (const event of fc.sample(fuzzedEvent, warmUpEvents)) await guard.handle(event);
    const sample = fc.sample(fuzzedEvent, events);
    const start = process.hrtime.bigint();
    for (const event of sample) await guard.handle(event);
    return Number(process.hrtime.bigint() - start) / 1000 / events;
  } finally {
    await guard.close();
  }
}
