import { createHash } from "node:crypto";

import type { PublicKey } from "@sst-gatehouse/blueprint/cognito-values";

/** Public keys whose private halves were thrown away: what they should verify, nobody can sign. */
const keys: readonly Omit<PublicKey, "kid">[] = [
  {
    alg: "RS256",
    e: "AQAB",
    kty: "RSA",
    n: "pCedKnCGtETvCQU7PzsHveEIi6JQ6qzquFnJuFsapmJbCB69KLN51kR8xaDd0HLqartIWMrT1KB6PjfoEoHac9ZGo9DBquC5l_5rBDB4NjnmmHhMQAW30wiyi7toZ-WmR_LUdcYXo_k0euHqCqFzZkpgHT24OLMmeHBfpo2rgdowQ5ijTeCRi7gyqV0-0BujrE7ze0M6B3uTlbaNYasWxC6gwWiX1rfZbJurMZi09E5E1vxr8WQ5z90pk7znKZwodARn2ihbRmFHa712_YJh7ALc7d0yp5lUNjU-bffbgl-150qXzU5sE-EYxRf6oM9aJxFmiiZGzFMhQZKo5kYvGw",
    use: "sig",
  },
  {
    alg: "RS256",
    e: "AQAB",
    kty: "RSA",
    n: "3ou-WSVRMGko0jpKUCslORNLQhhnDJGEugpQLPKrgAaHtcIcprh4jKdg7hiZsKeQGjNDQZpsliIDc4TkQmWMcr1vhEShlcVq_YqHx_aCdxO6pRP1fdzoHXqDglTF-vJPJPC8V_nvhAoXNHzJK1gC6haXlwIYgdF9PhEzI8FxK3WgdOO7gNkd8lU9Y-m5G1TKpccJJD8__7RopCR2pd8wvjn2tQEfVJPW3UB526cBhc3kkQPj4C9M5c2szoPHVXUMQ7EEiu1pNlRADzD0ITy9dTSYq9jfDLI46KppasaqNfEBBkEnBWKC9MX2ofEW0aioeFEFsdy7QZGCj_65T4sWCw",
    use: "sig",
  },
];

/**
 * The public keys of a user pool, in the order of their ids. Ids differ from pool to pool, so that a guard that was made
 * with the keys of another one is noticed.
 */
export function publicKeysOf(userPoolId: string): readonly PublicKey[] {
  return keys
    .map((key) => {
      const kid = createHash("sha256").update(`${userPoolId}/${key.n}`).digest("base64");
      return { ...key, kid };
    })
    .toSorted((a, b) => (a.kid < b.kid ? -1 : 1));
}

/**
 * What Cognito publishes of a user pool at this path.
 *
 * @returns JSON; undefined where no pool publishes anything.
 */
export function keySetAt(path: string): string | undefined {
  const [, userPoolId] = /^\/([\w-]+)\/\.well-known\/jwks\.json$/.exec(path) ?? [];
  return userPoolId === undefined ? undefined : JSON.stringify({ keys: publicKeysOf(userPoolId) });
}
