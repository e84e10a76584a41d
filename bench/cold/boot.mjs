// @ts-check
import { readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";

// Loads one handler as Lambda's runtime would and asks it once; what that took goes to file descriptor 3.
const [bundle = "", eventFile = ""] = process.argv.slice(2);
const event = JSON.parse(readFileSync(eventFile, "utf8"));
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
writeSync(
  3,
  JSON.stringify({ loadMs: loaded - start, answerMs: answered - loaded, rss, modules, answer }),
);
process.exit(0);
