// @ts-check
import dgram from "node:dgram";
import dns from "node:dns";
import { readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import tls from "node:tls";

// Asks one handler twice and counts, for each answer, how often it turned to the network; the counts and
// what the second answer has loaded of Node's own modules go to descriptor 3.
const [bundle = "", eventFile = ""] = process.argv.slice(2);
const text = readFileSync(eventFile, "utf8");
let calls = 0;

count(net.Socket.prototype, "connect");
count(dgram.Socket.prototype, "send");
count(dgram.Socket.prototype, "connect");
count(tls, "connect");
count(dns, "lookup");
count(dns.promises, "lookup");

const { handler } = createRequire(import.meta.url)(bundle);
const counts = [];
let before = new Set();
for (let request = 0; request < 2; request += 1) {
  calls = 0;
  before = new Set(process.moduleLoadList);
  await handler(JSON.parse(text));
  counts.push(calls);
}
const loaded = process.moduleLoadList.filter((name) => !before.has(name));
writeSync(3, JSON.stringify({ counts, loaded }));
process.exit(0);

/** @param {object} owner @param {string} name */
function count(owner, name) {
  const original = Reflect.get(owner, name);
  /** @this {unknown} @param {unknown[]} args */
  const counting = function (...args) {
    calls += 1;
    return Reflect.apply(original, this, args);
  };
  Reflect.set(owner, name, counting);
}
