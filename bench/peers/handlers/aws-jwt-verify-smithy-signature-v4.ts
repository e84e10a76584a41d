import { createHash, createHmac } from "node:crypto";

import { credentials, edgeFunction, region, service } from "./edge-function.ts";
import { verify } from "./with-aws-jwt-verify.ts";

/** The part of the library that is used here. The guard is built on it, so it is core's, in core's version. */
interface Smithy {
  readonly SignatureV4: new (options: object) => {
    sign(request: object): Promise<{ readonly headers: Readonly<Record<string, string>> }>;
  };
}
const { SignatureV4 }: Smithy = require("@smithy/signature-v4");

/** The runtime's own SHA-256, as the library wants it. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: string | Uint8Array) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });

export const handler = edgeFunction({
  verify,
  async sign({ method, host, target, headers }) {
    const [path = "", text = ""] = target.split("?");
    const query = Object.fromEntries(new URLSearchParams(text));
    const request = { method, protocol: "https:", hostname: host, path, query, headers };
    return Object.entries((await signer.sign(request)).headers);
  },
});
