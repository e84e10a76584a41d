import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from "node:crypto";

import type { SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";

import type { Session } from "./session-cookies.ts";

/** Of the form below. Another form gets the next number, and is read one release before it is written. */
const version = 1;
const algorithm = "aes-256-gcm";
const nonceBytes = 12;
const tagBytes = 16;

/** The header of every refresh token of Cognito: `{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}`. */
const refreshHeader = "eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ";
/** In the number of an access token's parts: the last three parts are an ID token. */
const withIdToken = 0x80;
/** In the length of a part: it is text as it is, not base64url that was decoded. */
const asText = 0x8000;

/** Sessions that a container remembers open: some 6 KB each, cookie and tokens. A browser sends its cookie each time. */
const maxRemembered = 300;

/** Hides sessions in cookies. It vouches for nothing: whatever comes out is verified as if it had come in the open. */
export interface SealedSessions {
  /** base64url, different each time. @param origin the app's own, where the browser keeps the cookie. */
  readonly seal: (session: Session, origin: string) => string;
  /** `undefined` for everything that was not sealed by a key of this stage for this origin, whatever else it is. */
  readonly open: (sealed: string, origin: string) => Session | undefined;
}

/**
 * AES-256-GCM with a random nonce: version, nonce, ciphertext and tag. Stage, origin and cookie are authenticated with it.
 *
 * Random nonces are good for 2^32 seals under one key (NIST SP 800-38D section 8.3), one for each sign-in and renewal: a
 * million of them a day reach that in eleven years. docs/operations.md says how keys are changed.
 *
 * @param keys the first one seals, each opens.
 * @param place names the stage and the cookie.
 */
export function createSealedSessions({ keys }: SealingKeys, place: string): SealedSessions {
  const [sealing, ...others] = keys.map((key) => createSecretKey(key, "base64"));
  if (sealing === undefined) throw new TypeError("there is no key to seal sessions with");
  const additionalData = (origin: string): Buffer =>
    Buffer.from(JSON.stringify([version, place, origin]));
  /** By origin and cookie, the oldest first. What is not a session is not remembered: strangers could fill it. */
  const remembered = new Map<string, Session>();
  return {
    seal(session, origin) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, sealing, nonce, { authTagLength: tagBytes });
      cipher.setAAD(additionalData(origin));
      const ciphertext = cipher.update(pack(session));
      cipher.final();
      const head = Buffer.from([version]);
      return Buffer.concat([head, nonce, ciphertext, cipher.getAuthTag()]).toString("base64url");
    },
    open(sealed, origin) {
      const asked = `${origin} ${sealed}`;
      const known = remembered.get(asked);
      if (known !== undefined) return known;
      const bytes = Buffer.from(sealed, "base64url");
      if (bytes[0] !== version || bytes.length < 1 + nonceBytes + tagBytes) return undefined;
      // base64url has several texts for some bytes; only the one that was written is a session.
      if (bytes.toString("base64url") !== sealed) return undefined;
      const data = additionalData(origin);
      for (const key of [sealing, ...others]) {
        const packed = unseal(bytes, key, data);
        if (packed === undefined) continue;
        const session = unpack(packed);
        const [oldest] = remembered.keys();
        if (oldest !== undefined && remembered.size >= maxRemembered) remembered.delete(oldest);
        remembered.set(asked, session);
        return session;
      }
      return undefined;
    },
  };
}

/** How long a session is once it is sealed. */
export function sealedLength(session: Session): number {
  return Math.ceil(((1 + nonceBytes + pack(session).length + tagBytes) * 4) / 3);
}

function unseal(bytes: Buffer, key: KeyObject, additionalData: Buffer): Buffer | undefined {
  const nonce = bytes.subarray(1, 1 + nonceBytes);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(additionalData);
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const packed = decipher.update(bytes.subarray(1 + nonceBytes, -tagBytes));
  try {
    decipher.final();
    return packed;
  } catch {
    return undefined; // another key, another place, or not ours
  }
}

/**
 * Two or three tokens in few bytes: how many parts the access token has, and each part of all with its length, decoded where
 * that can be undone.
 */
function pack({ accessToken, refreshToken, idToken }: Session): Buffer {
  const access = accessToken.split(".");
  const id = idToken === undefined ? [] : idToken.split(".");
  const parts = [...access, ...refreshToken.split("."), ...id].flatMap((part) => {
    if (part === refreshHeader) return [lengthOf(asText)];
    const decoded = Buffer.from(part, "base64url");
    return decoded.toString("base64url") === part
      ? [lengthOf(decoded.length), decoded]
      : [lengthOf(asText | part.length), Buffer.from(part, "latin1")];
  });
  return Buffer.concat([
    Buffer.from([access.length | (idToken === undefined ? 0 : withIdToken)]),
    ...parts,
  ]);
}

function lengthOf(length: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(length);
  return bytes;
}

/** @param packed by `pack`: its tag was right. */
function unpack(packed: Buffer): Session {
  const parts: string[] = [];
  for (let at = 1; at < packed.length;) {
    const head = packed.readUInt16BE(at);
    const end = at + 2 + (head & ~asText);
    const part = packed.subarray(at + 2, end);
    const isText = (head & asText) !== 0;
    parts.push(head === asText ? refreshHeader : part.toString(isText ? "latin1" : "base64url"));
    at = end;
  }
  const [head = 0] = packed;
  const idToken = head & withIdToken ? parts.splice(-3).join(".") : undefined;
  const access = head & ~withIdToken;
  return {
    accessToken: parts.slice(0, access).join("."),
    refreshToken: parts.slice(access).join("."),
    ...(idToken === undefined ? {} : { idToken }),
  };
}
