import { createVerifier } from "fast-jwt";

import { clientIds, edgeFunction, issuer, keyIdOf, publicKeys } from "./edge-function.ts";
import { sign } from "./with-aws4.ts";

/** It remembers tokens, as many as the guard does. */
const verifiers = new Map(
  [...publicKeys].map(([kid, publicKey]) => {
    const key = String(publicKey.export({ type: "spki", format: "pem" }));
    const options = { key, algorithms: ["RS256" as const], cache: 3000 };
    return [kid, createVerifier({ ...options, allowedIss: issuer, allowedAud: clientIds })];
  }),
);

export const handler = edgeFunction({
  verify: (token) => verifiers.get(keyIdOf(token))?.(token),
  sign,
});
