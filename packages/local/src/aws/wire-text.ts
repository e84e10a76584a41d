import { createHash } from "node:crypto";

/** RFC 3986: everything but letters, digits and `-._~` as `%HH`. Never throws; a string is taken as UTF-8. */
export function percentEncode(text: string | Buffer): string {
  let encoded = "";
  for (const byte of Buffer.from(text)) {
    const character = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9\-._~]/.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/** The bytes that a percent-encoded text stands for; an invalid sequence is kept as it is. */
export function percentDecode(text: string): Buffer {
  return Buffer.concat(
    text
      .split(/(%[0-9A-Fa-f]{2})/)
      .map((part, index) =>
        index % 2 === 1 ? Buffer.from(part.slice(1), "hex") : Buffer.from(part),
      ),
  );
}

export function sha256Hex(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
