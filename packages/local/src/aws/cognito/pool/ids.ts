import { randomBytes, randomInt, randomUUID } from "node:crypto";

const lowerAndDigits = "abcdefghijklmnopqrstuvwxyz0123456789";
const lettersAndDigits = `${lowerAndDigits}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

/** `<region>_` and nine letters or digits; token verifiers check this form. */
export function newPoolId(region: string): string {
  return `${region}_${randomText(9, lettersAndDigits)}`;
}

/** 26 lower-case letters or digits. */
export function newClientId(): string {
  return randomText(26, lowerAndDigits);
}

/** 51 lower-case letters or digits, about 260 bits. */
export function newClientSecret(): string {
  return randomText(51, lowerAndDigits);
}

/** Names a secret; tells nothing of it. */
export function newClientSecretId(): string {
  return randomUUID();
}

/** 44 characters of base64, so it may hold `+`, `/` and ends with `=`. */
export function newKeyId(): string {
  return randomBytes(32).toString("base64");
}

/**
 * Opaque, in the five parts of a JWE with Cognito's header. Nothing is encrypted in it: only its hash is ever compared.
 */
export function newRefreshToken(): string {
  const header = Buffer.from(JSON.stringify({ cty: "JWT", enc: "A256GCM", alg: "RSA-OAEP" }));
  const sizes = { encryptedKey: 256, iv: 12, ciphertext: 980, tag: 16 };
  return [header, ...Object.values(sizes).map((bytes) => randomBytes(bytes))]
    .map((part) => part.toString("base64url"))
    .join(".");
}

function randomText(length: number, alphabet: string): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
}
