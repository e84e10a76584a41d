import { createHmac, hash } from "node:crypto";

import { encodeRfc3986 } from "./wire.ts";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials, such as those of a role. It is sent and signed. */
  readonly sessionToken?: string;
}

/** What is signed of a request. */
export interface ToSign {
  readonly method: string;
  /** As it is sent. */
  readonly path: string;
  /** Canonical, and sorted. */
  readonly query: string;
  /** In the order of their names; values without a space too many. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Hex SHA-256 of the body. */
  readonly payloadHash: string;
}

export interface SigningContext {
  readonly credential: Credentials;
  readonly region: string;
  readonly service: string;
  /** `20150830T123600Z` */
  readonly timestamp: string;
}

/** Segments that are empty or dots: SigV4 resolves them, but what is sent has them. */
const unresolvedPath = /\/\.{0,2}\/|\/\.{1,2}$|^[^/]|^$/;
const plainPath = /^[\w.~/-]*$/;

/**
 * SigV4 at once, in one hash and one HMAC, with the signing key kept: byte for byte what `signByLibrary` gives.
 *
 * @returns signs, and gives the `authorization` header; `undefined` for what the library has to sign.
 */
export function createQuickSignature(): (
  request: ToSign,
  context: SigningContext,
) => string | undefined {
  let last: SigningKey | undefined;
  return ({ method, path, query, headers, payloadHash }, context) => {
    if (unresolvedPath.test(path)) return undefined;
    const key = last?.fits(context) ? last : (last = createSigningKey(context));
    let lines = "";
    let names = "";
    for (const [name, value] of headers) {
      lines += `${name}:${value}\n`;
      names += names === "" ? name : `;${name}`;
    }
    const target = `${method}\n${canonicalPath(path)}\n${query}`;
    const digest = hash("sha256", `${target}\n${lines}\n${names}\n${payloadHash}`);
    const { timestamp, credential } = context;
    const signature = key.sign(`AWS4-HMAC-SHA256\n${timestamp}\n${key.scope}\n${digest}`);
    return `AWS4-HMAC-SHA256 Credential=${credential.accessKeyId}/${key.scope}, SignedHeaders=${names}, Signature=${signature}`;
  };
}

/** Encoded as it is sent, and once more. */
function canonicalPath(path: string): string {
  return plainPath.test(path) ? path : encodeRfc3986(path).replaceAll("%2F", "/");
}

interface SigningKey {
  readonly fits: (context: SigningContext) => boolean;
  /** `<date>/<region>/<service>/aws4_request` */
  readonly scope: string;
  readonly sign: (text: string) => string;
}

function createSigningKey({ credential, region, service, timestamp }: SigningContext): SigningKey {
  const { secretAccessKey } = credential;
  const day = timestamp.slice(0, 8);
  const parts = [day, region, service, "aws4_request"];
  const key = parts.reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${secretAccessKey}`,
  );
  return {
    fits: (other) =>
      other.credential.secretAccessKey === secretAccessKey &&
      other.timestamp.startsWith(day) &&
      other.region === region &&
      other.service === service,
    scope: parts.join("/"),
    sign: (text) => createHmac("sha256", key).update(text).digest("hex"),
  };
}
