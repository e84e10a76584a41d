import { AwsV4Signer } from "aws4fetch";
import { createLocalJWKSet, jwtVerify } from "jose";

import {
  clientIds,
  credentials,
  edgeFunction,
  issuer,
  keys,
  region,
  service,
} from "./edge-function.ts";

const keySet = createLocalJWKSet({ keys: [...keys] });
const cache = new Map<string, ArrayBuffer>();

export const handler = edgeFunction({
  verify: (token) =>
    jwtVerify(token, keySet, { issuer, audience: clientIds, algorithms: ["RS256"] }),
  async sign({ method, host, target, headers }) {
    const url = `https://${host}${target}`;
    const keyed = { ...credentials, service, region, cache };
    const signer = new AwsV4Signer({ ...keyed, url, method, headers: { ...headers } });
    return [...(await signer.sign()).headers, ["host", host] as const];
  },
});
