/** A refusal that explains itself: an answer of type `application/problem+json`. @see RFC 9457 */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  /** The HTTP status. */
  readonly status: number;
  /** Stable, for programs: `access_denied`. The guard always gives one. */
  readonly code: string | undefined;
  /** For people: what is wrong, and what to do. */
  readonly detail: string | undefined;
  /** What to search the logs for. */
  readonly requestId: string | undefined;
  /** Where to sign in, if that would help, for `location.href`. Always on the app's own origin. */
  readonly signInUrl: string | undefined;
  /** With its body still to be read. */
  readonly response: Response;

  constructor(response: Response, problem: Readonly<Record<string, unknown>>, origin: string) {
    const { status } = response;
    const detail = text(problem["detail"]);
    super(detail ?? text(problem["title"]) ?? `The app answered ${status}.`);
    this.status = status;
    this.code = text(problem["code"]);
    this.detail = detail;
    this.requestId = text(problem["requestId"]);
    this.signInUrl = ownUrl(text(problem["signInUrl"]), origin);
    this.response = response;
  }
}

/**
 * Reads a problem from an answer, and leaves the answer's own body unread.
 *
 * @param origin the app's, without a trailing slash.
 * @returns `undefined` for an answer that has another type or is not an error.
 */
export async function readProblem(
  response: Response,
  origin: string,
): Promise<ProblemError | undefined> {
  const type = response.headers.get("content-type") ?? "";
  if (response.ok || !/^application\/problem\+json\s*(?:;|$)/i.test(type)) return undefined;
  const problem = parseJson(await response.clone().text());
  return new ProblemError(response, isObject(problem) ? problem : {}, origin);
}

/** An answer may repeat what somebody else wrote, so a `javascript:` URL or another site's URL is not followed. */
function ownUrl(path: string | undefined, origin: string): string | undefined {
  if (path === undefined || !URL.canParse(path, origin)) return undefined;
  const url = new URL(path, origin);
  return url.origin === origin ? url.href : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
