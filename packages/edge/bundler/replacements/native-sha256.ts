import { createHmac, hash } from "node:crypto";

import type { Checksum, SourceData } from "@smithy/types";

/** SHA-256 and HMAC-SHA-256 of the runtime: the same bytes as `@aws-crypto/sha256-js`, many times faster. */
export class NativeSha256 implements Checksum {
  readonly #secret: SourceData | undefined;
  #parts: Uint8Array[] = [];

  constructor(secret?: SourceData) {
    this.#secret = secret;
  }

  update(data: SourceData): void {
    this.#parts.push(bytesOf(data));
  }

  /** Computed before this returns its promise, so the bytes may change afterwards. */
  async digest(): Promise<Uint8Array> {
    const [only = new Uint8Array(0), ...more] = this.#parts;
    const data = more.length === 0 ? only : Buffer.concat(this.#parts);
    return this.#secret === undefined
      ? hash("sha256", data, "buffer")
      : createHmac("sha256", bytesOf(this.#secret)).update(data).digest();
  }

  reset(): void {
    this.#parts = [];
  }
}

function bytesOf(data: SourceData): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  if (data instanceof Uint8Array) return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** The name under which the signer imports its default; the build puts this module in that one's place. */
export { NativeSha256 as Sha256 };
