import { createHash, createHmac } from "node:crypto";

/** What a signature covers, in canonical form. */
export interface CanonicalParts {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** The headers to sign, one entry per line, in the order they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Hex SHA-256. */
  readonly payloadHash: string;
}

export interface SigningContext {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
  /** `20150830T123600Z` */
  readonly timestamp: string;
}

export interface Signed {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly signature: string;
  readonly authorization: string;
}

/**
 * SigV4 once more, from the rules and `node:crypto` alone. Tests hold the signer and its library against it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signByTheRules(parts: CanonicalParts, context: SigningContext): Signed {
  const lines = new Map<string, string>();
  for (const [name, value] of parts.headers) {
    const key = name.toLowerCase();
    const text = value.trim().replace(/\s+/g, " ");
    const before = lines.get(key);
    lines.set(key, before === undefined ? text : `${before},${text}`);
  }
  const names = [...lines.keys()].toSorted();
  const canonicalRequest = [
    parts.method,
    parts.path,
    parts.query,
    ...names.map((name) => `${name}:${lines.get(name)}`),
    "",
    names.join(";"),
    parts.payloadHash,
  ].join("\n");

  const date = context.timestamp.slice(0, 8);
  const scope = [date, context.region, context.service, "aws4_request"];
  const digest = createHash("sha256").update(canonicalRequest).digest("hex");
  const stringToSign = ["AWS4-HMAC-SHA256", context.timestamp, scope.join("/"), digest].join("\n");

  const key = scope.reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${context.secretAccessKey}`,
  );
  const signature = createHmac("sha256", key).update(stringToSign).digest("hex");
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${context.accessKeyId}/${scope.join("/")}, ` +
    `SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { canonicalRequest, stringToSign, signature, authorization };
}

/** The path of a request to anything but S3: empty and dot segments resolved, then every byte but unreserved ones encoded. */
export function canonicalPathByTheRules(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(encodeBytes(Buffer.from(segment)));
  }
  const end = segments.length > 0 && path.endsWith("/") ? "/" : "";
  return `/${segments.join("/")}${end}`;
}

/** A query as it is on the wire, decoded byte by byte, encoded again and sorted by name, then by value. */
export function canonicalQueryByTheRules(query: string): string {
  return query
    .split("&")
    .filter((piece) => piece !== "")
    .map((piece) => {
      const [name = "", ...values] = piece.split("=");
      return {
        name: encodeBytes(decodeBytes(name)),
        value: encodeBytes(decodeBytes(values.join("="))),
      };
    })
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.value, b.value))
    .map(({ name, value }) => `${name}=${value}`)
    .join("&");
}

function encodeBytes(bytes: Buffer): string {
  return Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9_.~-]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

function decodeBytes(text: string): Buffer {
  const latin1 = text
    .replaceAll("+", " ")
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_escape, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(latin1, "latin1");
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
