import { callerHeader, tokenHeader, uncheckedCallerHeader } from "@sst-gatehouse/core/caller";
import { GuardError, type LargestHeader } from "@sst-gatehouse/core/errors";
import type { HttpHeaders, HttpRequest } from "@sst-gatehouse/core/http-request";

/** What the signature needs; nobody can make it shorter. */
const ofTheSignature = /^(?:authorization$|x-amz-)/;

/** A name that may be told: others could hold what somebody took for a value. */
const tellable = /^[\w!#$%&'*+.^`|~-]{1,100}$/;

/**
 * The refusal of a request whose headers are larger than what is let through to the backend. Its sentence is logged, so
 * it has numbers only; the names are in `largest`.
 *
 * @param request signed, as it would have gone on.
 * @param bytes of all its headers.
 */
export function headersTooLarge({ headers }: HttpRequest, bytes: number): GuardError {
  const largest = largestOf(headers);
  return new GuardError(
    "headers_too_large",
    `With the guard's own, the headers for the backend have ${bytes} bytes, and that is more than it can be sent. ${whatToDo(largest.header)}`,
    { largest },
  );
}

function whatToDo(header: string): string {
  switch (header) {
    case "cookie":
      return "Delete cookies of this site, or make them smaller. With `forwardCookies` in stages.ts, only those travel that the backend needs.";
    case callerHeader:
    case uncheckedCallerHeader:
      return "The caller is in very many groups, or has very many scopes: ask an administrator to take some away.";
    case tokenHeader:
      return "The token is sent on to the backend: make it smaller, or switch `forwardToken` off in stages.ts.";
    default:
      return "Send shorter headers.";
  }
}

function largestOf(headers: HttpHeaders): LargestHeader {
  let largest = { header: "", bytes: 0 };
  for (const [header, values] of Object.entries(headers)) {
    if (ofTheSignature.test(header)) continue;
    const bytes = sum(values.map((value) => header.length + Buffer.byteLength(value) + 4));
    if (bytes > largest.bytes) largest = { header, bytes };
  }
  if (largest.header === "cookie") return { header: "cookie", ...largestCookie(headers) };
  return { ...largest, header: largest.header.slice(0, 100) };
}

/** Without a name where the largest cookie has none that may be told. */
function largestCookie({ cookie = [] }: HttpHeaders): Omit<LargestHeader, "header"> {
  let largest = "";
  for (const piece of cookie.join(";").split(";")) {
    if (Buffer.byteLength(piece.trim()) > Buffer.byteLength(largest)) largest = piece.trim();
  }
  const [name = ""] = largest.split("=", 1);
  const isTellable = largest.includes("=") && tellable.test(name);
  return { ...(isTellable ? { cookie: name } : {}), bytes: Buffer.byteLength(largest) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
