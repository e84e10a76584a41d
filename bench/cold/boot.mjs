// @ts-check
import { readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";

// Loads one handler as Lambda's runtime would and asks it once; what that took goes to file descriptor 3. With a number of
// milliseconds to wait, it is asked once more as if a minute had passed meanwhile.
const [bundle = "", eventFile = "", idleMs] = process.argv.slice(2);
const text = readFileSync(eventFile, "utf8");
const event = JSON.parse(text);
const require = createRequire(import.meta.url);
// A runtime has a clock and an open log before it loads a handler: neither is the handler's cost.
performance.now();
console.log("loading");
const before = new Set(process.moduleLoadList);

const start = performance.now();
const { handler } = require(bundle);
const loaded = performance.now();
const answer = await handler(event);
const answered = performance.now();

const { rss } = process.memoryUsage();
const modules = process.moduleLoadList.filter((name) => !before.has(name));
const loadMs = loaded - start;
const answerMs = answered - loaded;
const afterIdleMs = idleMs === undefined ? undefined : await answerAfter(Number(idleMs));
writeSync(3, JSON.stringify({ loadMs, answerMs, afterIdleMs, rss, modules, answer }));
process.exit(0);

/** @param {number} ms for what the first answer has left to be done */
async function answerAfter(ms) {
  await new Promise((resolve) => setTimeout(resolve, ms));
  const now = Date.now;
  Date.now = () => now() + 61_000;
  const again = JSON.parse(text);
  const asked = performance.now();
  await handler(again);
  return performance.now() - asked;
}
