import type { RequestListener } from "node:http";
import https from "node:https";

import { generate } from "selfsigned";

import { openOnLoopback } from "./loopback-server.ts";

export interface TlsFrontOptions {
  /** The names that the certificate covers: exact, or `*.suffix` for one label. */
  readonly hosts: readonly string[];
  /** `request.socket.servername` tells which host the client meant. */
  readonly listener: RequestListener;
  /** How much a request's head may take; Node's own limit when absent. */
  readonly maxHeadBytes?: number;
}

export interface TlsFront {
  readonly port: number;
  /** The certificate to trust: new at every start, and its key is gone when this is returned. */
  readonly caPem: string;
  readonly close: () => Promise<void>;
}

/** Answers for AWS's host names over TLS on 127.0.0.1. */
export async function startTlsFront({
  hosts,
  listener,
  maxHeadBytes,
}: TlsFrontOptions): Promise<TlsFront> {
  const ca = await generate([{ name: "commonName", value: "Gatehouse local stack CA" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
      { name: "keyUsage", keyCertSign: true, critical: true },
    ],
  });
  const leaf = await generate([{ name: "commonName", value: "Gatehouse local stack" }], {
    keyType: "ec",
    algorithm: "sha256",
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: hosts.map((value) => ({ type: 2, value })) },
    ],
  });

  const server = https.createServer(
    {
      key: leaf.private,
      cert: leaf.cert,
      ...(maxHeadBytes === undefined ? {} : { maxHeaderSize: maxHeadBytes }),
    },
    listener,
  );
  return { ...(await openOnLoopback(server)), caPem: ca.cert };
}
