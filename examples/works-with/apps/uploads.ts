import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";

import { DataStore, Server, type Upload } from "@tus/server";
import { Hono } from "hono";
import type { AppEnv } from "sst-gatehouse/hono";

/** A container's memory, in place of S3's store. */
class MemoryStore extends DataStore {
  override extensions = ["creation", "termination"];
  readonly #uploads = new Map<string, { readonly upload: Upload; bytes: Buffer }>();

  override async create(upload: Upload): Promise<Upload> {
    this.#uploads.set(upload.id, { upload, bytes: Buffer.alloc(0) });
    return upload;
  }
  override async write(stream: Readable, id: string): Promise<number> {
    const known = this.find(id);
    known.bytes = Buffer.concat([known.bytes, await buffer(stream)]);
    return known.bytes.length;
  }
  override async getUpload(id: string): Promise<Upload> {
    const { upload, bytes } = this.find(id);
    upload.offset = bytes.length;
    return upload;
  }
  override async remove(id: string): Promise<void> {
    this.#uploads.delete(id);
  }
  find(id: string) {
    const known = this.#uploads.get(id);
    if (known === undefined)
      throw Object.assign(new Error("no such upload"), {
        status_code: 404,
        body: "no such upload\n",
      });
    return known;
  }
}

const datastore = new MemoryStore();
const server = new Server({ path: "/uploads", datastore });

export const uploads = new Hono<AppEnv>()
  .get("/:id/hash", (c) => {
    const { bytes } = datastore.find(c.req.param("id"));
    return c.json({
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
  })
  .all("/*", (c) => server.handleWeb(c.req.raw))
  .all("/", (c) => server.handleWeb(c.req.raw));
