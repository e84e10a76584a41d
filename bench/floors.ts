import { createHmac, hash, type KeyObject, verify } from "node:crypto";

/**
 * SigV4 on ready inputs: nothing is parsed, sorted or checked, the signing key and the HMAC's pads are kept. It is
 * separate from the witness in testkit because its cost is what is measured; aws4 checks that it signs.
 */
export interface ReadyRequest {
  readonly method: string;
  readonly path: string;
  /** Lower-case names in order; `host` and `x-amz-date` among them. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly payloadHash: string;
  /** `yyyymmddThhmmssZ` */
  readonly timestamp: string;
}

export interface OneShotSignerOptions {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
  /** `yyyymmdd` */
  readonly date: string;
}

/** The least that a SigV4 signature costs here: two one-shot hashes, and an HMAC of two more. @returns `authorization`. */
export function createOneShotSigner(
  options: OneShotSignerOptions,
): (request: ReadyRequest) => string {
  const { accessKeyId, secretAccessKey, region, service, date } = options;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const key = scope
    .split("/")
    .reduce<string | Buffer>(
      (secret, part) => createHmac("sha256", secret).update(part).digest(),
      `AWS4${secretAccessKey}`,
    );
  const hmac = createOneShotHmac(Buffer.from(key));
  return ({ method, path, headers, payloadHash, timestamp }) => {
    let lines = "";
    let names = "";
    for (const [name, value] of headers) {
      lines += `${name}:${value}\n`;
      names += names === "" ? name : `;${name}`;
    }
    const canonicalHash = hash(
      "sha256",
      `${method}\n${path}\n\n${lines}\n${names}\n${payloadHash}`,
      "hex",
    );
    const signature = hmac(`AWS4-HMAC-SHA256\n${timestamp}\n${scope}\n${canonicalHash}`);
    return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  };
}

/** HMAC-SHA-256 of short ASCII texts as two one-shot hashes, which here costs less than making an `Hmac` object. */
function createOneShotHmac(key: Buffer): (text: string) => string {
  const blockBytes = 64;
  const inner = Buffer.alloc(4096, 0x36);
  const outer = Buffer.alloc(blockBytes + 32, 0x5c);
  for (const [index, byte] of key.entries()) {
    inner[index] = byte ^ 0x36;
    outer[index] = byte ^ 0x5c;
  }
  return (text) => {
    const end = blockBytes + inner.write(text, blockBytes, "latin1");
    hash("sha256", inner.subarray(0, end), "buffer").copy(outer, blockBytes);
    return hash("sha256", outer, "hex");
  };
}

/** What RS256 is checked over, ready for the check. */
export interface ReadyToken {
  readonly signed: Buffer;
  readonly signature: Buffer;
}

export function readyToken(token: string): ReadyToken {
  const end = token.lastIndexOf(".");
  return {
    signed: Buffer.from(token.slice(0, end)),
    signature: Buffer.from(token.slice(end + 1), "base64url"),
  };
}

/** One bare RSA check. */
export function verifyBare({ signed, signature }: ReadyToken, key: KeyObject): boolean {
  return verify("sha256", signed, key, signature);
}
