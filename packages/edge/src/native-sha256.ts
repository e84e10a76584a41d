import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";

import type { Checksum, SourceData } from "@smithy/types";

/** SHA-256 and HMAC-SHA-256 of the runtime: the same bytes as `@aws-crypto/sha256-js`, many times faster. */
export class NativeSha256 implements Checksum {
  readonly #secret: SourceData | undefined;
  #state: Hash | Hmac;

  constructor(secret?: SourceData) {
    this.#secret = secret;
    this.#state = start(secret);
  }

  update(data: SourceData): void {
    this.#state.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#state.digest();
  }

  reset(): void {
    this.#state = start(this.#secret);
  }
}

function start(secret: SourceData | undefined): Hash | Hmac {
  return secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
}

function bytesOf(data: SourceData): string | Uint8Array {
  if (typeof data === "string" || data instanceof Uint8Array) return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/** The name under which the signer imports its default; the build puts this module in that one's place. */
export { NativeSha256 as Sha256 };
