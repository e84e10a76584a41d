import { orAborted } from "./or-aborted.ts";
import { ProblemError, readProblem } from "./problem.ts";
import { declareHiddenBody, readBody, toRequest } from "./request-body.ts";
import { sha256Hex } from "./sha256-hex.ts";
import { createSingleRenewal } from "./single-renewal.ts";
import { withWholeBody } from "./whole-body.ts";

export { ProblemError, sha256Hex };

type Fetch = typeof globalThis.fetch;

export interface CreateFetchOptions {
  /** The app's origin, such as `https://d111111abcdef8.cloudfront.net`. In a browser it defaults to the page's own. */
  readonly origin?: string;
  /** Gives the bearer token, and is asked on every call. Without it, the session cookie says who is calling. */
  readonly token?: () => string | Promise<string>;
  /**
   * For use with `token`: called after a 401 `token_expired`, once for all the calls that are waiting. When it returns
   * true, `token` gives a new token and the calls are repeated; when it rejects, they reject with the same reason. When
   * it returns false or is absent, the 401 is the answer. (A session in cookies is renewed by `POST /.auth/refresh`.)
   */
  readonly refresh?: () => boolean | Promise<boolean>;
  /** Reject with a {@link ProblemError} when the answer is a problem, instead of resolving with a response that is not `ok`. */
  readonly throwProblems?: boolean;
  /** What sends the requests; the platform's `fetch` by default. */
  readonly fetch?: Fetch;
}

const refreshPath = "/.auth/refresh";

/**
 * A `fetch` for an app behind Gatehouse. It is called like the platform's own, and resolves and rejects in the same way.
 * Requests to other origins pass through untouched. To requests to the app's origin it adds:
 *
 * - the bearer token, unless the request already has an `Authorization` header;
 * - `x-amz-content-sha256` where the guard needs it: for a body over 1 MB, and for any body of a DELETE or OPTIONS;
 * - after a 401 `token_expired`, one renewal and one more try with the same bytes;
 * - a check of the answer's length, where its route said `Content-Length`: reading a body that broke off rejects with a
 *   TypeError.
 *
 * Every body, even a stream, is read to its end before it is sent: its hash goes first, and it may have to be sent twice.
 * Lambda takes at most 6 MB, so nothing here hashes piece by piece.
 *
 * Redirects are followed by the platform. It drops `Authorization` when a redirect leaves the origin; the hash of the
 * body, which is not a secret, stays.
 *
 * @throws {TypeError} for an invalid origin, and when `origin` is absent outside a page.
 */
export function createFetch(options: CreateFetchOptions = {}): Fetch {
  const { token, refresh, throwProblems = false } = options;
  // Looked up on each call, so that code which replaces the global `fetch` later replaces this one too.
  const fetch = options.fetch ?? ((...call: Parameters<Fetch>) => globalThis.fetch(...call));
  const origin = parseOrigin(options.origin ?? globalThis.location?.origin);
  const renewal = createSingleRenewal(
    token === undefined
      ? async () => (await fetch(origin + refreshPath, { method: "POST" })).ok
      : (refresh ?? (() => false)),
  );

  /** Sends the request, and once more when its token or session had expired. */
  const sendTwice = async (request: Request): Promise<Response> => {
    const { signal, referrer, referrerPolicy } = request;
    const body = await readBody(request);
    if (body !== undefined) await declareHiddenBody(request, body);
    // A new body would reset the referrer, so it is passed again.
    const init = body === undefined ? undefined : { body, referrer, referrerPolicy };

    const ownAuthorization = request.headers.has("authorization");
    const send = async (): Promise<Response> => {
      if (token !== undefined && !ownAuthorization) {
        const value = await orAborted(token(), signal);
        request.headers.set("authorization", `Bearer ${parseToken(value)}`);
      }
      return await fetch(request, init);
    };

    const since = renewal.count();
    const answer = await send();
    if (ownAuthorization || request.url === origin + refreshPath) return answer;
    if (!(await hasExpired(answer, request.method, origin))) return answer;
    if (!(await orAborted(renewal.after(since), signal))) return answer;
    return await send();
  };

  return async (input, init) => {
    const url = input instanceof Request ? new URL(input.url) : new URL(input, baseUrl(origin));
    if (url.origin !== origin) return await fetch(input, init);
    const request = await toRequest(input instanceof Request ? input : url, init);
    const answer = withWholeBody(await sendTwice(request));
    const problem = throwProblems ? await readProblem(answer, origin) : undefined;
    if (problem !== undefined) throw problem;
    return answer;
  };
}

async function hasExpired(answer: Response, method: string, origin: string): Promise<boolean> {
  if (answer.status !== 401) return false;
  // An answer to HEAD has no body that could say why.
  if (method === "HEAD") return true;
  return (await readProblem(answer, origin))?.code === "token_expired";
}

/** What a relative URL is relative to: without a page, the app itself. */
function baseUrl(origin: string): string {
  return globalThis.document?.baseURI ?? globalThis.location?.href ?? origin;
}

function parseOrigin(origin: string | undefined): string {
  if (origin === undefined)
    throw new TypeError("outside a page, createFetch needs the option origin");
  if (!URL.canParse(origin) || new URL(origin).origin !== origin)
    throw new TypeError("origin must be only a scheme, host and port, such as https://app.example");
  return origin;
}

/** @throws {TypeError} before `Headers` does, whose message would repeat the token. */
function parseToken(token: string): string {
  // RFC 6750 section 2.1, "b64token".
  if (!/^[\w.~+/-]+=*$/.test(token)) throw new TypeError("token() did not return a bearer token");
  return token;
}
