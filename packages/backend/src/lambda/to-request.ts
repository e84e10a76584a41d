import { originHeader } from "@sst-gatehouse/core/caller";
import { GuardError } from "@sst-gatehouse/core/errors";

import { receivedBytes, type FunctionUrlEvent } from "../function-url-event.ts";

/** Methods that a `Request` cannot have. CloudFront does not forward them either. */
const unsupportedMethods = new Set(["CONNECT", "TRACE", "TRACK"]);

/**
 * The event as the `Request` that Hono routes by. Its URL has the app's own public origin, as people and browsers know it;
 * that of the Function URL where nobody has said another.
 *
 * A `Request` with GET or HEAD has no body; one that was sent anyway stays in the event.
 *
 * @throws {GuardError} `method_not_allowed`, `path_malformed` or `header_malformed` for what a `Request` cannot represent.
 */
export function toRequest(event: FunctionUrlEvent): Request {
  const { domainName, http } = event.requestContext;
  if (unsupportedMethods.has(http.method.toUpperCase())) {
    throw new GuardError("method_not_allowed", "This method is not supported.");
  }
  // Anything but a slash would become part of the host name.
  if (!event.rawPath.startsWith("/"))
    throw new GuardError("path_malformed", "The path must begin with a slash.");
  const query = event.rawQueryString === "" ? "" : `?${event.rawQueryString}`;
  const hasBody = event.body !== undefined && http.method !== "GET" && http.method !== "HEAD";
  const origin = event.headers[originHeader] ?? `https://${domainName}`;
  return new Request(`${origin}${event.rawPath}${query}`, {
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
      "A header contains characters that HTTP does not allow.",
      { cause },
    );
  }
  return headers;
}

/** `Headers` takes one character for each byte, but Lambda has decoded UTF-8 to the characters it stands for. */
function asByteString(value: string): string {
  return Buffer.from(value, "utf8").toString("latin1");
}
