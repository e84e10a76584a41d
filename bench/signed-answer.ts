import { createHash } from "node:crypto";

import { recomputeSignature } from "@sst-gatehouse/local/recompute-signature";
import { credentials } from "./credentials.ts";
import type { EdgeAnswer } from "./scenario.ts";

/** One signed request, no matter who signed it. Header names are in lower case. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Signs once more with `aws4` and compares, so that nothing is measured that does not work.
 *
 * @throws {Error} when there is no signature, when it is another one, or when it covers another body.
 */
export function requireSignature({ method, path, query, headers, body }: SignedRequest): void {
  const [, scope, names, signature] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/.exec(
      headers["authorization"] ?? "",
    ) ?? [];
  if (scope === undefined || names === undefined) throw new Error("the request is not signed");
  const [, region = "", service = ""] = scope.split("/");
  const payloadHash = createHash("sha256").update(body).digest("hex");
  if (headers["x-amz-content-sha256"] !== payloadHash)
    throw new Error("the signature is over another body");
  const recomputed = recomputeSignature({
    method,
    path,
    query,
    headers: names.split(";").map((name) => [name, headers[name] ?? ""]),
    body,
    datetime: headers["x-amz-date"] ?? "",
    region,
    service,
    credentials,
  });
  if (recomputed.signature !== signature) throw new Error("aws4 computes another signature");
}

/** @throws {Error} unless the guard's answer is a request that is signed exactly as it is, under the role's session. */
export function requireSignedAnswer(answer: EdgeAnswer): void {
  if (!answer || !("uri" in answer))
    throw new Error(`the guard forwarded nothing: status ${answer?.status ?? "none"}`);
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, lines]) => [
      name,
      lines.map(({ value }) => value).join(","),
    ]),
  );
  if (headers["x-amz-security-token"] !== credentials.sessionToken)
    throw new Error("the session token is missing");
  requireSignature({
    method: answer.method,
    path: answer.uri,
    query: answer.querystring,
    headers,
    body: Buffer.from(answer.body?.data ?? "", "base64"),
  });
}
