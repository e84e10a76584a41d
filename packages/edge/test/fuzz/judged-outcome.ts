import type { ErrorCode } from "@sst-gatehouse/core/errors";
import type {
  CloudFrontRequest,
  CloudFrontRequestEvent,
  CloudFrontRequestResult,
  CloudFrontResultResponse,
} from "aws-lambda";

import type { SignInCode } from "../../src/session/sign-in-error.ts";
import { host } from "../events.ts";

export const hostedOrigin = "https://auth.example.com";

/** The closed tables. `settings_invalid` is left out: with good settings it says that something was thrown. */
const statusOf: Readonly<Record<Exclude<ErrorCode, "settings_invalid"> | SignInCode, string>> = {
  token_missing: "401",
  token_malformed: "401",
  token_too_large: "401",
  token_signature: "401",
  token_expired: "401",
  token_not_yet_valid: "401",
  token_issuer: "401",
  token_client: "401",
  token_use: "401",
  token_revoked: "401",
  token_audience: "401",
  access_denied: "403",
  scope_missing: "403",
  cross_site: "403",
  path_malformed: "400",
  path_ambiguous: "400",
  query_malformed: "400",
  header_malformed: "400",
  method_not_allowed: "405",
  origin_unknown: "421",
  body_hash_required: "413",
  body_too_large: "413",
  headers_too_large: "431",
  keys_unavailable: "503",
  settings_unavailable: "503",
  sign_in_unmatched: "400",
  sign_in_malformed: "400",
  sign_in_return_path: "400",
  sign_in_refused: "403",
  sign_in_failed: "400",
  sign_in_nonce: "400",
  sign_in_not_top_level: "403",
  sign_in_cookies: "400",
  sign_in_unavailable: "503",
  sign_in_off: "404",
  sign_in_unknown: "404",
};

/** Of an answer that is no refusal. */
const statuses = new Set(["200", "204", "302", "307"]);

/** Lines that the guard sets, whole: nothing of a request may end one or add an attribute. */
const setCookieForm =
  /^__Host-Http-gatehouse-[\w.-]{1,80}=[\w.-]*; Max-Age=\d+; Path=\/; Secure; HttpOnly; SameSite=Lax$/;

/**
 * What a fuzzed event has led to, for tests.
 *
 * @returns `signed`, the code of a refusal (`page` before it where a person reads it), or the status of another answer.
 * @throws {Error} for anything that may not leave the guard.
 */
export function judged(result: CloudFrontRequestResult, event: CloudFrontRequestEvent): string {
  if (result === null || result === undefined) throw new Error("there is no answer");
  const lines = Object.values(result.headers ?? {}).flat();
  if (lines.some(({ value }) => typeof value !== "string"))
    throw new Error("a header value is no text");
  return "status" in result ? judgedAnswer(result, event) : judgedRequest(result, event);
}

function judgedRequest(request: CloudFrontRequest, event: CloudFrontRequestEvent): string {
  const valuesOf = (name: string) => (request.headers[name] ?? []).map(({ value }) => value);
  const given = event.Records[0]?.cf.request.origin;
  const [signature = "", ...more] = valuesOf("authorization");
  if (!signature.startsWith("AWS4-HMAC-SHA256 Credential=ASIA") || more.length > 0)
    throw new Error("a request went out without its signature");
  if (valuesOf("host").join() !== host || request.origin !== given)
    throw new Error("a request goes to another host");
  if (given?.custom?.domainName !== host || given.custom.path !== "")
    throw new Error("a request was signed for another origin");
  if (valuesOf("cookie").some((line) => /__host-http-gatehouse-/i.test(line.replaceAll(/\s/g, ""))))
    throw new Error("the backend gets a cookie of the guard");
  return "signed";
}

function judgedAnswer(
  { status, headers, body = "" }: CloudFrontResultResponse,
  event: CloudFrontRequestEvent,
): string {
  const valuesOf = (name: string) => (headers?.[name] ?? []).map(({ value }) => value);
  const seen = JSON.stringify([{ ...headers, "set-cookie": [] }, body]);
  if (seen.includes("AWS4-HMAC-SHA256")) throw new Error("an answer holds a signature");
  if (/eyJ[\w-]{20,}\.eyJ/.test(seen)) throw new Error("an answer shows a token");
  if (!valuesOf("set-cookie").every((line) => setCookieForm.test(line)))
    throw new Error("an answer sets a cookie in another form");
  for (const location of valuesOf("location")) requireKnownPlace(location, event);
  if (valuesOf("content-type")[0] === "application/problem+json") {
    const { code }: { code: string } = JSON.parse(body);
    return requireRow(code, status);
  }
  const [, code] = /class="aside">(\w+), request/.exec(body) ?? [];
  if (code !== undefined) return `page ${requireRow(code, status)}`;
  if (!statuses.has(status)) throw new Error(`an answer has the status ${status}`);
  return status;
}

function requireRow(code: string, status: string): string {
  if (!Object.entries(statusOf).some(([known, its]) => known === code && its === status))
    throw new Error(`no row of the table has ${code} with ${status}`);
  return code;
}

/** A path of the app, an address of its distribution, or one of the hosted sign-in. */
function requireKnownPlace(location: string, event: CloudFrontRequestEvent): void {
  const own = `https://${event.Records[0]?.cf.config.distributionDomainName}/`;
  const known = [own, `${hostedOrigin}/`].find((start) => location.startsWith(start));
  const path = known === undefined ? location : `/${location.slice(known.length)}`;
  if (!/^\/[\x21-\x7e]*$/.test(path) || (known === undefined && /^\/[/\\]/.test(path)))
    throw new Error(`an answer leads to ${location}`);
}
