import aws4 from "aws4";

import { credentials, type Peer, region, service } from "./edge-function.ts";

export const sign: Peer["sign"] = ({ method, host, target, headers }) => {
  const request = { method, host, path: target, service, region, headers: { ...headers } };
  const signed = aws4.sign(request, credentials).headers ?? {};
  return Object.entries(signed).map(([name, value]) => [name, String(value)] as const);
};
