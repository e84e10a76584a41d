import { orAborted } from "./or-aborted.ts";
import { sha256Hex } from "./sha256-hex.ts";

const hashHeader = "x-amz-content-sha256";

/** CloudFront shows the guard the first megabyte. AWS does not say whether that is 1000 or 1024 KB; 1000 is safe. */
const maxShownBytes = 1_000_000;

/** Lambda takes no more than this. The guard refuses a larger body by its length, so there is no point in hashing it. */
const maxHashedBytes = 6 * 1024 * 1024;

/** For other methods, CloudFront shows the guard no body at all. */
const shownMethods = new Set(["POST", "PUT", "PATCH"]);

/**
 * A `Request` as `fetch` would make it, except that a stream is first read to its end: its hash has to be sent before it,
 * and then no browser needs `duplex` or support for streams as bodies.
 *
 * @throws the signal's reason; the stream is then cancelled.
 */
export async function toRequest(
  input: Request | URL,
  { body, ...init }: RequestInit = {},
): Promise<Request> {
  if (!(body instanceof ReadableStream)) {
    return new Request(input, body === undefined ? init : { ...init, body });
  }
  const inherited = input instanceof Request ? input.signal : null;
  const { signal = inherited } = init;
  const abortable = body.pipeThrough(new TransformStream(), signal === null ? {} : { signal });
  return new Request(input, { ...init, body: await new Response(abortable).blob() });
}

/**
 * The bytes that will go on the wire, encoded once: the boundary of a `FormData` is new each time. In a `Blob` they can
 * be sent again, and a browser may keep a large one on disk.
 *
 * @returns `undefined` for a request without a body. The request's own body is used up.
 */
export async function readBody(request: Request): Promise<Blob | undefined> {
  // Firefox has no `request.body`. GET and HEAD have no body, and for the others an empty body does no harm.
  if (request.method === "GET" || request.method === "HEAD" || request.body === null)
    return undefined;
  return await orAborted(request.blob(), request.signal);
}

/**
 * Declares the hash of a body that CloudFront does not show the guard in full, unless the request declares one already.
 * The guard signs the hash, and Lambda refuses a body that does not match it.
 *
 * @throws the request's abort reason.
 */
export async function declareHiddenBody(request: Request, body: Blob): Promise<void> {
  if (request.headers.has(hashHeader) || !isHidden(request.method, body)) return;
  request.headers.set(hashHeader, await orAborted(sha256Hex(body), request.signal));
}

function isHidden(method: string, { size }: Blob): boolean {
  if (size === 0 || size > maxHashedBytes) return false;
  return size > maxShownBytes || !shownMethods.has(method);
}
