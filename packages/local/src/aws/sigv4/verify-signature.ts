import { timingSafeEqual } from "node:crypto";

import type { Identities, Identity } from "../iam/identities.ts";
import { mayBeSecret, unreadable } from "../without-secrets.ts";
import { parseAuthorization } from "./authorization.ts";
import type { Authorization } from "./authorization.ts";
import {
  badCredential,
  basicFormat,
  bothKinds,
  expiredToken,
  invalidToken,
  scopeFaults,
  signatureMismatch,
} from "./aws-messages.ts";
import type { Scope } from "./aws-messages.ts";
import { canonicalPath, canonicalQuery, canonicalRequest } from "./canonical-request.ts";
import { sha256Hex } from "../wire-text.ts";
import { explainMismatch, isRightFor } from "./explain-mismatch.ts";
import type { Mismatch } from "./explain-mismatch.ts";
import { dateRefusal, signedHeadersRefusal } from "./header-refusals.ts";
import { recomputeSignature } from "./recompute-signature.ts";
import { bodyWithHash } from "./signature-variants.ts";
import { incompleteSignature, invalidSignature, refusal } from "./signature-verdict.ts";
import type { Refusal, SignatureVerdict } from "./signature-verdict.ts";
import {
  hasQueryAuthentication,
  headerLines,
  signedValues,
  splitTarget,
  unjudgeableTarget,
} from "./signed-request.ts";
import type { HeaderLines, SignedRequest } from "./signed-request.ts";

export type { SignatureVerdict } from "./signature-verdict.ts";
export type { SignedRequest } from "./signed-request.ts";

export interface SignatureRules {
  /** SigV4 service name, such as `lambda`. */
  readonly service: string;
  readonly region: string;
  readonly identities: Pick<Identities, "find">;
  readonly nowMs: number;
}

/**
 * Judges a request's SigV4 signature as AWS would, in AWS's order, by signing it again with somebody else's signer.
 *
 * Never looser than AWS, and stricter where AWS's reading is not known: presigned URLs, a nameless parameter in the query, bytes outside ASCII, a repeated `x-amz-*` header, an unsigned `x-amz-*` header. Garbage is refused, not thrown.
 */
export function verifySignature(request: SignedRequest, rules: SignatureRules): SignatureVerdict {
  const lines = headerLines(request.headers);
  const presigned = hasQueryAuthentication(splitTarget(request.target).query);
  const [header, ...others] = lines.get("authorization") ?? [];
  if (header === undefined) {
    return presigned
      ? invalidSignature(
          "presigned URLs are not supported here: sign with headers",
          signatureMismatch,
        )
      : { kind: "unsigned" };
  }
  if (presigned) {
    return invalidSignature(
      "the request has an Authorization header and a signature in its query",
      bothKinds,
    );
  }
  if (others.length > 0) {
    return invalidSignature(
      "the request has more than one Authorization header",
      signatureMismatch,
    );
  }

  const authorization = parseAuthorization(header, lines.has("x-amz-date"));
  if ("message" in authorization)
    return incompleteSignature(authorization.reason, authorization.message);
  return (
    dateRefusal(lines, rules.nowMs) ??
    signedHeadersRefusal(lines, authorization) ??
    judgeCredential(request, lines, authorization, rules)
  );
}

function judgeCredential(
  request: SignedRequest,
  lines: HeaderLines,
  authorization: Authorization,
  rules: SignatureRules,
): SignatureVerdict {
  const scope = parseScope(authorization);
  if (!scope)
    return incompleteSignature("Credential does not have five parts", badCredential(authorization));
  const identity = rules.identities.find(scope.accessKeyId);
  const datetime = lines.get("x-amz-date")?.[0] ?? "";
  const mismatch = (found: Identity): Mismatch => ({
    request,
    lines,
    datetime,
    signedHeaders: authorization.signedHeaders,
    signature: authorization.signature,
    secretAccessKey: found.secretAccessKey,
    sessionToken: found.sessionToken,
    region: rules.region,
    service: rules.service,
  });

  const outOfScope = scopeFaults(scope, { region: rules.region, service: rules.service, datetime });
  if (outOfScope !== "") {
    const otherwiseRight = identity !== undefined && isRightFor(mismatch(identity), scope);
    const where = `${rules.region}/${rules.service}`;
    return invalidSignature(
      `the signature is scoped to ${printableScope(scope)}, but this is ${where} on ${datetime.slice(0, 8)}`,
      outOfScope,
      otherwiseRight ? ["apart from its scope, the signature is right"] : [],
    );
  }
  if (!identity)
    return refusal(
      "UnrecognizedClientException",
      "no caller here has this access key id",
      invalidToken,
    );
  return judgeSignature(mismatch(identity), identity, rules);
}

function judgeSignature(
  mismatch: Mismatch,
  identity: Identity,
  { region, service, nowMs }: SignatureRules,
): SignatureVerdict {
  const { request, lines, datetime, signedHeaders } = mismatch;
  const unjudgeable =
    unjudgeableTarget(request.target) ??
    (signedHeaders.some((name) => /[^\t\x20-\x7e]/.test(lines.get(name)?.join() ?? ""))
      ? "a signed header has bytes outside printable ASCII"
      : undefined);
  if (unjudgeable !== undefined) return invalidSignature(unjudgeable, signatureMismatch);
  const wrongBody = bodyHashRefusal(lines, request.body);
  if (wrongBody) return wrongBody;

  const { path, query } = splitTarget(request.target);
  const headers = signedValues(lines, signedHeaders);
  const { method, body } = request;
  const recomputed = recomputeSignature({
    method,
    path,
    query,
    headers,
    body,
    datetime,
    region,
    service,
    credentials: identity,
  });
  if (
    headers.length < signedHeaders.length ||
    !sameText(recomputed.signature, mismatch.signature)
  ) {
    const { reason, details, canonical } = explainMismatch(mismatch);
    return { ...invalidSignature(reason, signatureMismatch, details), canonical };
  }
  // aws4 drops what it does not know (a parameter called `__proto__`, say), and then would vouch for what it never saw.
  const parts = {
    method,
    path: canonicalPath(path),
    query: canonicalQuery(query),
    headers,
    payloadHash: sha256Hex(body),
  };
  if (canonicalRequest(parts) !== recomputed.canonicalRequest) {
    return invalidSignature(
      "signers read this request in two ways, so its signature proves nothing",
      signatureMismatch,
    );
  }
  return sessionTokenRefusal(lines, identity, nowMs) ?? { kind: "signed", identity };
}

/** Recomputing believes this header, so it is compared with the bytes that came. */
function bodyHashRefusal(lines: HeaderLines, body: Buffer): Refusal | undefined {
  const hash = lines.get("x-amz-content-sha256")?.[0];
  if (hash === undefined || hash === sha256Hex(body)) return undefined;
  if (hash === "UNSIGNED-PAYLOAD" || hash.startsWith("STREAMING-")) {
    return invalidSignature(
      "x-amz-content-sha256 is not a hash; Lambda does not accept unsigned or chunk-signed bodies",
      signatureMismatch,
    );
  }
  const other = bodyWithHash(hash, body);
  return invalidSignature(
    `x-amz-content-sha256 is not the hash of the ${body.length} bytes that arrived${other ? `; it is that of ${other}` : ""}`,
    signatureMismatch,
    [`the body's hash is ${sha256Hex(body)}`],
  );
}

function sessionTokenRefusal(
  lines: HeaderLines,
  identity: Identity,
  nowMs: number,
): Refusal | undefined {
  const token = lines.get("x-amz-security-token")?.[0];
  if (token !== undefined && sameText(token, identity.sessionToken)) {
    if (nowMs < (identity.expiresAtMs ?? Infinity)) return undefined;
    return refusal(
      "ExpiredTokenException",
      `the credentials expired at ${basicFormat(Math.floor((identity.expiresAtMs ?? 0) / 1000))}`,
      expiredToken,
    );
  }
  const reason =
    token === undefined
      ? "x-amz-security-token is missing: these are temporary credentials"
      : "x-amz-security-token is not the one that was issued with this access key";
  return refusal("UnrecognizedClientException", reason, invalidToken);
}

function parseScope({ credential }: Authorization): Scope | undefined {
  const [accessKeyId, date, region, service, terminator, ...others] = credential.split("/");
  if (!accessKeyId || date === undefined || region === undefined || service === undefined)
    return undefined;
  if (terminator === undefined || others.length > 0) return undefined;
  return { accessKeyId, date, region, service, terminator };
}

/** Compares hashes, so that neither content nor length shows in the time it takes. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256Hex(a)), Buffer.from(sha256Hex(b)));
}

function printableScope({ date, region, service, terminator }: Scope): string {
  return [date, region, service, terminator]
    .map((part) => (/^[a-z0-9_-]{1,40}$/.test(part) && !mayBeSecret(part) ? part : unreadable))
    .join("/");
}
