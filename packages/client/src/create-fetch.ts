import { orAborted } from "./or-aborted.ts";
import { ProblemError, readProblem } from "./problem.ts";
import { declareHiddenBody, readBody, toRequest } from "./request-body.ts";
import { sha256Hex } from "./sha256-hex.ts";
import { createSingleRenewal } from "./single-renewal.ts";

export { ProblemError, sha256Hex };

type Fetch = typeof globalThis.fetch;

export interface CreateFetchOptions {
  /** The app's, such as `https://d111111abcdef8.cloudfront.net`. In a browser: the page's own when absent. */
  readonly origin?: string;
  /** The bearer token to send, asked for with every call. When absent, the session cookie says who is calling. */
  readonly token?: () => string | Promise<string>;
  /**
   * Beside `token`: called after an answer of 401 `token_expired`, once for all calls that wait for it. True when
   * `token` now gives another token, and the calls are repeated. A rejection becomes theirs. When absent, or false, the
   * 401 is the answer. (A session in cookies needs none: `POST /.auth/refresh` renews it.)
   */
  readonly refresh?: () => boolean | Promise<boolean>;
  /** Reject with a {@link ProblemError} where the answer is one, instead of resolving with a response that is not `ok`. */
  readonly throwProblems?: boolean;
  /** What sends in the end. */
  readonly fetch?: Fetch;
}

const refreshPath = "/.auth/refresh";

/**
 * A `fetch` for an app behind Gatehouse. It is called like the platform's own, and resolves and rejects like that; what
 * goes to another origin than the app's passes through untouched. To the app's origin it adds:
 *
 * - the bearer token, unless the request has an `Authorization` of its own;
 * - `x-amz-content-sha256` where the guard asks for it: with a body over 1 MB, and with any body of a DELETE or OPTIONS;
 * - after 401 `token_expired` one refresh and one second try, with the same bytes.
 *
 * Bodies are read to their end before they are sent, streams as well: the hash goes ahead of the body, and the body may
 * have to go twice. Lambda takes 6 MB at most, so there is no second implementation of SHA-256 here that would hash
 * piece by piece.
 *
 * A redirect is followed by the platform. It drops `Authorization` where a redirect leaves the origin; the hash of a
 * body, which is not a secret, goes along.
 *
 * @throws {TypeError} for an origin that is none, and where there is no page and `origin` is absent.
 */
export function createFetch(options: CreateFetchOptions = {}): Fetch {
  const { token, refresh, throwProblems = false } = options;
  // Looked up when called: whoever replaces the global one later means this one, too.
  const fetch = options.fetch ?? ((...call: Parameters<Fetch>) => globalThis.fetch(...call));
  const origin = parseOrigin(options.origin ?? globalThis.location?.origin);
  const renewal = createSingleRenewal(
    token === undefined
      ? async () => (await fetch(origin + refreshPath, { method: "POST" })).ok
      : (refresh ?? (() => false)),
  );

  /** Sends the request, and once more when what it was sent with has expired. */
  const sendTwice = async (request: Request): Promise<Response> => {
    const { signal, referrer, referrerPolicy } = request;
    const body = await readBody(request);
    if (body !== undefined) await declareHiddenBody(request, body);
    // A new body would reset the referrer, so it is said again.
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
    const answer = await sendTwice(request);
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

/** What a relative URL is relative to. A platform without pages has nothing better than the app. */
function baseUrl(origin: string): string {
  return globalThis.document?.baseURI ?? globalThis.location?.href ?? origin;
}

function parseOrigin(origin: string | undefined): string {
  if (origin === undefined)
    throw new TypeError("outside a page, createFetch needs the app's origin");
  if (!URL.canParse(origin) || new URL(origin).origin !== origin)
    throw new TypeError("origin must be scheme, host and port alone, as in https://app.example");
  return origin;
}

/** @throws {TypeError} before `Headers` would, whose message repeats the token. */
function parseToken(token: string): string {
  // RFC 6750 section 2.1, "b64token".
  if (!/^[\w.~+/-]+=*$/.test(token)) throw new TypeError("token() gave no bearer token");
  return token;
}
