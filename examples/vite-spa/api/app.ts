import { createHash } from "node:crypto";

import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { AppEnv } from "sst-gatehouse/hono";

/** A container's memory, in place of a table and a bucket. */
const received: string[] = [];

export const app = new Hono<AppEnv>()
  .basePath("/api")
  .get("/me", (c) => {
    const caller = c.get("caller");
    return c.json({ username: caller.kind === "user" ? caller.username : caller.kind });
  })
  .put("/files/:name", async (c) => {
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    received.push(`${c.req.param("name")}, ${bytes.length} bytes`);
    return c.json({ bytes: bytes.length, sha256 });
  })
  .get("/events", (c) =>
    streamSSE(c, async (stream) => {
      // Lambda is paid by the second: say what is new, and let the browser ask again.
      const first = Number(c.req.header("last-event-id") ?? 0);
      await stream.writeln("retry: 2000");
      for (const [index, data] of received.slice(first).entries())
        await stream.writeSSE({ event: "file", id: String(first + index + 1), data });
    }),
  );
