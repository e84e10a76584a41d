import { createRequire } from "node:module";
import { join } from "node:path";

import { writeSettings } from "@sst-gatehouse/edge/build/guard-data";
import type { OriginRequestHandler } from "@sst-gatehouse/edge/origin-request";
import { guardSettings } from "@sst-gatehouse/edge/test/events";
import { createEvents, freshToken } from "../scenario.ts";
import { requireSignedAnswer } from "../signed-answer.ts";

/** More than the guard remembers: from here on, every new token pushes an old one out. */
const warmUpRequests = 4500;
const progressEvery = 1000;

const [directory = "", requests = ""] = process.argv.slice(2);
await writeSettings(directory, guardSettings);
const { handler }: { handler: OriginRequestHandler } = createRequire(import.meta.url)(
  join(directory, "lambda.cjs"),
);
const event = createEvents();

await ask(warmUpRequests);
const before = heldBytes();
for (let done = 0; done < Number(requests); done += progressEvery) {
  await ask(Math.min(progressEvery, Number(requests) - done));
  process.send?.({ done: done + progressEvery });
}
process.send?.({ grownBytes: heldBytes() - before });

/** Every request with its own token. */
async function ask(count: number): Promise<void> {
  for (let request = 0; request < count; request += 1)
    requireSignedAnswer(await handler(event(freshToken())));
}

/** What is still in use after a full collection, inside and outside of V8's heap. */
function heldBytes(): number {
  if (global.gc === undefined) throw new TypeError("needs --expose-gc");
  global.gc();
  global.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
