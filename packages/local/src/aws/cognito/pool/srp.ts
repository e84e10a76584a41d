import {
  constants,
  createDiffieHellmanGroup,
  createHash,
  createHmac,
  createPublicKey,
  hkdfSync,
  publicEncrypt,
  randomBytes,
} from "node:crypto";

import { sameSecret } from "./client-secret.ts";

/** What proves a password without holding it. */
export interface SrpVerifier {
  readonly salt: bigint;
  /** g to the power of what salt, name and password hash to. */
  readonly verifier: bigint;
}

/** Whose password it is: both go into the hash, so a verifier is of use in one pool for one user. */
export interface SrpIdentity {
  /** The part of the pool's id after the region. */
  readonly poolName: string;
  readonly username: string;
}

/** The server's half of one Secure Remote Password exchange. */
export interface SrpExchange {
  /** Hexadecimal. */
  readonly serverPublic: string;
  readonly secretBlock: string;
  /** Whether the client has the password: its signature over name, block and time is made with the key both computed. */
  readonly proves: (proof: {
    secretBlock: string;
    timestamp: string;
    signature: string;
  }) => boolean;
}

/** The 3072-bit prime of RFC 5054, which is group 15 of RFC 3526. Cognito's generator is 2. */
const prime = fromBytes(createDiffieHellmanGroup("modp15").getPrime());
const primeBytes = 3072 / 8;
const generator = 2n;
const multiplier = hashOf(padded(prime), padded(generator));

/** @see https://www.rfc-editor.org/rfc/rfc5054 with Cognito's way of hashing names and numbers */
export function createSrpVerifier(identity: SrpIdentity, password: string): SrpVerifier {
  const salt = fromBytes(randomBytes(16));
  const named = createHash("sha256")
    .update(`${identity.poolName}${identity.username}:${password}`)
    .digest();
  return { salt, verifier: power(generator, hashOf(padded(salt), named)) };
}

/** For a user who does not exist: the same at every try, and no password fits. */
export function inventedSrpVerifier({ username }: SrpIdentity, key: Buffer): SrpVerifier {
  const derive = (purpose: string) =>
    createHmac("sha256", key).update(`${purpose} ${username}`).digest();
  return {
    salt: fromBytes(derive("salt").subarray(0, 16)),
    verifier: power(generator, fromBytes(derive("verifier"))),
  };
}

/**
 * @param clientPublic hexadecimal, as the client sent it.
 * @returns `undefined` when it is not a number that a client may send: 0 would open every account (RFC 5054 2.5.4).
 */
export function startSrpExchange(
  clientPublic: string,
  { verifier }: SrpVerifier,
  { poolName, username }: SrpIdentity,
): SrpExchange | undefined {
  if (!/^[0-9a-f]{1,770}$/i.test(clientPublic)) return undefined;
  const a = BigInt(`0x${clientPublic}`);
  if (a % prime === 0n) return undefined;
  const secret = fromBytes(randomBytes(32));
  const b = (multiplier * verifier + power(generator, secret)) % prime;
  const scramble = hashOf(padded(a), padded(b));
  const shared = power(a * power(verifier, scramble), secret);
  const key = Buffer.from(
    hkdfSync("sha256", padded(shared), padded(scramble), "Caldera Derived Key", 16),
  );
  const secretBlock = randomBytes(256).toString("base64");

  return {
    serverPublic: b.toString(16),
    secretBlock,
    proves(proof) {
      const signature = createHmac("sha256", key)
        .update(`${poolName}${username}`)
        .update(Buffer.from(secretBlock, "base64"))
        .update(proof.timestamp)
        .digest("base64");
      return proof.secretBlock === secretBlock && sameSecret(proof.signature, signature);
    },
  };
}

/** Modulo the prime: what RSA without padding computes, in native code. */
function power(base: bigint, exponent: bigint): bigint {
  const key = createPublicKey({
    format: "jwk",
    key: { kty: "RSA", n: toBase64url(prime), e: toBase64url(exponent) },
  });
  const padding = constants.RSA_NO_PADDING;
  const block = Buffer.from((base % prime).toString(16).padStart(primeBytes * 2, "0"), "hex");
  return fromBytes(publicEncrypt({ key, padding }, block));
}

function toBase64url(value: bigint): string {
  return padded(value).toString("base64url");
}

/** As a positive number in two's complement, which is how Cognito's clients hash numbers. */
function padded(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, "hex");
}

function hashOf(...parts: readonly Buffer[]): bigint {
  return fromBytes(createHash("sha256").update(Buffer.concat(parts)).digest());
}

function fromBytes(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}
