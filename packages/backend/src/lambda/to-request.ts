import { GuardError } from "@sst-gatehouse/core/errors";

import { receivedBytes, type FunctionUrlEvent } from "../function-url-event.ts";

/** Methods that no `Request` can carry; they have no use behind CloudFront either. */
const unsupportedMethods = new Set(["CONNECT", "TRACE", "TRACK"]);

/**
 * The event as the `Request` that Hono routes by.
 *
 * A `Request` with GET or HEAD has no body; what was sent with it stays in the event.
 *
 * @throws {GuardError} `method_not_allowed`, `path_malformed` or `header_malformed` for what no `Request` can hold.
 */
export function toRequest(event: FunctionUrlEvent): Request {
  const { domainName, http } = event.requestContext;
  if (unsupportedMethods.has(http.method.toUpperCase())) {
    throw new GuardError("method_not_allowed", "This method is not served here.");
  }
  // Anything but a slash would become part of the host name.
  if (!event.rawPath.startsWith("/"))
    throw new GuardError("path_malformed", "The path must begin with a slash.");
  const query = event.rawQueryString === "" ? "" : `?${event.rawQueryString}`;
  const hasBody = event.body !== undefined && http.method !== "GET" && http.method !== "HEAD";
  return new Request(`https://${domainName}${event.rawPath}${query}`, {
    method: http.method,
    headers: toHeaders(event),
    ...(hasBody ? { body: new Uint8Array(receivedBytes(event)) } : {}),
  });
}

function toHeaders(event: FunctionUrlEvent): Headers {
  const headers = new Headers();
  try {
    for (const [name, value] of Object.entries(event.headers))
      headers.set(name, asByteString(value));
    if (event.cookies !== undefined) headers.set("cookie", asByteString(event.cookies.join("; ")));
  } catch (cause) {
    throw new GuardError(
      "header_malformed",
      "A header holds characters that HTTP does not allow.",
      { cause },
    );
  }
  return headers;
}

/** `Headers` takes one character a byte, and UTF-8 came as the characters it stands for. */
function asByteString(value: string): string {
  return Buffer.from(value, "utf8").toString("latin1");
}
