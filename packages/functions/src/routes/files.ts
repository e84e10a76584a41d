import { createHash } from "node:crypto";

import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";

import type { AppEnv } from "sst-gatehouse/hono";
import { receivedBytes } from "sst-gatehouse/hono";
import { wholeNumber } from "./query-number.ts";
import { seededBytes } from "./seeded-bytes.ts";

const maxBytes = 50 * 1024 * 1024;

/** Uploads are only measured and downloads are made up: nothing is stored. */
export const files = new Hono<AppEnv>()
  .post("/", (c) => {
    const body = receivedBytes(c.env.event);
    return c.json({ sha256: createHash("sha256").update(body).digest("hex"), bytes: body.length });
  })
  .get("/:name", (c) => {
    const name = c.req.param("name");
    if (!/^[\w.-]{1,100}$/.test(name))
      throw new HTTPException(404, { message: "There is no file with this name." });
    const bytes = wholeNumber(c, "bytes", { min: 0, max: maxBytes, default: 1024 });
    return c.body(seededBytes(name, bytes), 200, {
      "content-type": "application/octet-stream",
      // Announced to the client, which could not tell a part from the whole: docs/http.md#answers-that-break-off.
      "content-length": String(bytes),
      // A file is somebody else's content: never a page of this origin.
      "content-disposition": `attachment; filename="${name}"`,
      "content-security-policy": "sandbox",
      "x-content-type-options": "nosniff",
    });
  });
