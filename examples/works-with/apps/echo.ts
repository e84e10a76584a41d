import { createHash } from "node:crypto";

import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { AppEnv } from "sst-gatehouse/hono";

/** Tells what arrived, for clients that only send. */
export const echo = new Hono<AppEnv>()
  .get("/events", (c) =>
    streamSSE(c, async (stream) => {
      for (const data of ["one", "zwei ü", "three"]) await stream.writeSSE({ data });
    }),
  )
  .get("/page", (c) => {
    const caller = c.get("caller");
    const who = caller.kind === "user" ? caller.username : "nobody";
    return c.html(`<!doctype html><title>page</title><p id="who">${who}</p>`);
  })
  .get("/pixel", (c) =>
    c.body('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', 200, {
      "content-type": "image/svg+xml",
    }),
  )
  .get("/chunk.js", (c) =>
    c.body("export const answer = 42;", 200, { "content-type": "text/javascript" }),
  )
  .post("/form", async (c) => {
    const fields = await c.req.parseBody();
    return c.json(
      Object.fromEntries(
        Object.entries(fields).map(([name, field]) => [
          name,
          field instanceof File ? { name: field.name, bytes: field.size } : field,
        ]),
      ),
    );
  })
  .all("/*", async (c) => {
    const body = Buffer.from(await c.req.arrayBuffer());
    const caller = c.get("caller");
    return c.json({
      who: "username" in caller ? caller.username : caller.kind,
      method: c.req.method,
      type: c.req.header("content-type") ?? null,
      query: c.req.query(),
      bytes: body.length,
      sha256: createHash("sha256").update(body).digest("hex"),
    });
  });
