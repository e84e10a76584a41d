import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

/** Encrypts SecureString values with a key that lives as long as this process. */
export interface SecureStrings {
  /** Base64; this is what a reader without `WithDecryption` gets. */
  encrypt(value: string): string;
  readonly decrypt: (ciphertext: string) => string;
}

const ivBytes = 12;
const tagBytes = 16;

export function createSecureStrings(): SecureStrings {
  const key = randomBytes(32);
  return {
    encrypt(value) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv("aes-256-gcm", key, iv);
      const sealed = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
    },
    decrypt(ciphertext) {
      const bytes = Buffer.from(ciphertext, "base64");
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, ivBytes));
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      return Buffer.concat([
        decipher.update(bytes.subarray(ivBytes + tagBytes)),
        decipher.final(),
      ]).toString("utf8");
    },
  };
}
