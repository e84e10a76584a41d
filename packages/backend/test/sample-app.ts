import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";

import type { AppEnv } from "../src/app-env.ts";
import { receivedBytes } from "../src/function-url-event.ts";

/** An app as an adopter writes one: as many routes as the tests of what stands before them need. */
export function createSampleApp(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get("/me", (c) => c.json(c.get("caller")));
  app.get("/public/health", (c) => c.json({ ok: true }));
  app.all("/echo/*", (c) => {
    const { event } = c.env;
    return c.json({
      method: event.requestContext.http.method,
      path: event.rawPath,
      body: { bytes: receivedBytes(event).length },
    });
  });
  app.get("/files/:name", (c) => {
    const bytes = Number(c.req.query("bytes"));
    if (Number.isNaN(bytes)) throw new HTTPException(400, { message: "bytes must be a number." });
    return c.body(countedBytes(bytes));
  });
  app.get("/reports/daily", (c) => c.json({ readBy: c.get("caller") }));
  app.get("/admin/*", (c) => c.json({ path: c.req.path }));
  return app;
}

/** A stream in which no two pieces are alike, so that one lost or moved would show. */
function countedBytes(bytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieceBytes = 64 * 1024;
  let made = 0;
  return new ReadableStream(
    {
      pull(controller) {
        if (made === bytes) return controller.close();
        const size = Math.min(bytes - made, pieceBytes);
        const first = made;
        made += size;
        controller.enqueue(new Uint8Array(size).map((_, index) => (first + index) % 251));
      },
    },
    { highWaterMark: 0 },
  );
}
