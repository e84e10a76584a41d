import type { HttpHeaders } from "@sst-gatehouse/core/http-request";
import { isRefusedHeader } from "@sst-gatehouse/core/refused-headers";

/**
 * What is left of the viewer's headers.
 *
 * @param cookies names of those that go on; absent: all.
 */
export function withoutRefusedHeaders(
  headers: HttpHeaders,
  cookies: readonly string[] | undefined,
): Record<string, readonly string[]> {
  const kept: Record<string, readonly string[]> = {};
  for (const name of Object.keys(headers)) {
    const values = headers[name] ?? [];
    const lines = name === "cookie" && cookies ? listedCookies(values, cookies) : values;
    if (lines.length > 0 && !isRefusedHeader(name)) kept[name] = lines;
  }
  return kept;
}

/** Exact names, nothing decoded: a cookie that only looks like a listed one, or has no name, stays behind. */
function listedCookies(lines: readonly string[], names: readonly string[]): readonly string[] {
  const kept = lines
    .join(";")
    .split(/;[ \t]*/)
    .filter((cookie) => names.some((name) => cookie.startsWith(`${name}=`)));
  return kept.length > 0 ? [kept.join("; ")] : kept;
}

/**
 * The hash a client declares for a body that CloudFront hides from the guard: one value, 64 lower-case hex digits.
 * Lambda compares it with the bytes that arrive, so it is a promise, never an identity.
 */
export function declaredBodyHash(headers: HttpHeaders): string | undefined {
  const hash = only(headers["x-amz-content-sha256"]);
  return hash !== undefined && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined;
}

/** The one value of a header; a repeated one says nothing. */
export function only(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined;
}

/** Without space and tab at both ends. By hand: a pattern for the end takes the square of a long run of spaces. */
export function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}
