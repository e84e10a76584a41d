import { createHash } from "node:crypto";

import { createFetch } from "sst-gatehouse/client";
import { type Gatehouse, startGatehouse } from "sst-gatehouse-dev/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

/** The whole chain, on this machine. */
let gate: Gatehouse;
beforeAll(async () => {
  gate = await startGatehouse();
}, 60_000);
afterAll(() => gate.close());

test("serves the page and its scripts to people who have signed in", async () => {
  const { fetch } = gate.as("alice");
  const page = await fetch("/any/route/of/the/page");
  const html = await page.text();
  expect([page.status, html]).toEqual([200, expect.stringContaining("<title>Files</title>")]);
  const [script = ""] = /\/assets\/index-[\w-]+\.js/.exec(html) ?? [];
  expect((await fetch(script)).headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  const opened = {
    headers: {
      accept: "text/html",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
      "sec-fetch-site": "none",
    },
  };
  expect((await gate.fetch("/", opened)).status).toBe(302);
});

test("takes a file that is larger than what the guard sees, and tells of it", async () => {
  const { url, as } = gate;
  const call = createFetch({ origin: url, token: () => as("alice").token() });
  const bytes = new Uint8Array(3_000_000).fill(7);
  const sent = await call("/api/files/photo.jpg", { method: "PUT", body: bytes });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  expect(await sent.json()).toEqual({ bytes: 3_000_000, sha256 });
  const events = await as("alice").fetch("/api/events");
  expect(await events.text()).toBe(
    "retry: 2000\nevent: file\ndata: photo.jpg, 3000000 bytes\nid: 1\n\n",
  );
  const again = await as("alice").fetch("/api/events", { headers: { "last-event-id": "1" } });
  expect(await again.text()).toBe("retry: 2000\n");
});
