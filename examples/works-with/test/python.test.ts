import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, test } from "vitest";

import { playedGate, sha256 } from "./gate";

const gate = playedGate();

/** Debian's packages are for Debian's own Python, which need not come first. */
const python = ["python3", "/usr/bin/python3"].find(
  (program) => spawnSync(program, ["-c", "import requests, httpx, botocore"]).status === 0,
);
const absent =
  "no Python here has the libraries: apt-get install python3-requests python3-httpx python3-botocore";

/** What the script says that the library has done, as one record. */
async function run(library: string): Promise<Record<string, unknown>> {
  const { url, as, outputs } = gate.current;
  const { functionUrl, region, credentials } = outputs;
  const running = promisify(execFile)(python ?? "", [
    join(import.meta.dirname, "clients.py"),
    library,
  ]);
  running.child.stdin?.end(
    JSON.stringify({
      url,
      token: await as("alice").token(),
      functionUrl,
      region,
      ...credentials.service,
    }),
  );
  const { stdout } = await running;
  const lines = stdout.trim().split("\n");
  return Object.assign({}, ...lines.map((line) => JSON.parse(line)));
}

const arrived = (method: string, body: Uint8Array, more: Record<string, unknown> = {}) => [
  200,
  expect.objectContaining({
    who: "alice",
    method,
    bytes: body.length,
    sha256: sha256(body),
    ...more,
  }),
];
const nothing = new Uint8Array();

test.for(["requests", "httpx"])(
  "Python's %s sends queries, chunks, sealed bytes, files and large bodies, and hears events",
  async (library, { skip }) => {
    skip(python === undefined, absent);
    const large = new Uint8Array(1_500_000);
    const { sealed, ...done } = await run(library);
    expect(done).toEqual({
      nobody: [401, expect.objectContaining({ code: "token_missing" })],
      query: arrived("GET", nothing, { query: { q: "a+b&ü", empty: "" } }),
      chunks: arrived("POST", Buffer.from("first, zweitens ü")),
      gzip: [200, expect.objectContaining({ who: "alice", sha256: sealed })],
      file: [200, { name: "Ä", file: { name: "Grüße €.bin", bytes: 4 } }],
      large: [413, expect.objectContaining({ code: "body_hash_required" })],
      "large, with its hash": arrived("POST", large),
      events: ["data: one", "data: zwei ü", "data: three"],
    });
  },
);

test("botocore's signatures are taken at the function's own address, each for its request alone", async ({
  skip,
}) => {
  skip(python === undefined, absent);
  const service = { who: "service" };
  expect(await run("botocore")).toEqual({
    GET: arrived("GET", nothing, { ...service, query: { z: "1", a: "ü", plus: "a+b" } }),
    "GET elsewhere": 403,
    POST: arrived("POST", Buffer.from("ü".repeat(100)), service),
    "POST elsewhere": 403,
    DELETE: arrived("DELETE", Buffer.from("why"), service),
    "DELETE elsewhere": 403,
  });
});
