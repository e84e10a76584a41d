import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";

import { createLook, type Listener, strangersSockets } from "./listeners.ts";

// The thread of `watchListeners`.

// oxlint-disable unicorn/require-post-message-target-origin -- threads have no origins

const everyMs = 50;
const { root }: { readonly root: number } = workerData;
const found = new Map<string, Listener>();
/** What is open before is not of what is started later. */
const look = createLook(root, "/proc", strangersSockets(root));
let stopped = false;
parentPort?.once("message", () => (stopped = true));
parentPort?.postMessage([]);
for (;;) {
  for (const listener of look()) {
    const key = `${listener.pid} ${listener.address}`;
    // The first time, because a process that is ending has no command any more.
    if (!found.has(key)) found.set(key, listener);
  }
  if (stopped) break;
  await sleep(everyMs);
}
parentPort?.postMessage([...found.values()]);
