/** As `fetch`, for paths of this origin. */
export type CallPath = (path: string, init: RequestInit) => Promise<Response>;

/**
 * Calls the API as the session in the cookies.
 *
 * A session that has expired is renewed once and the call repeated; when it cannot be renewed, the 401 is the answer.
 *
 * @param init with a body that can be sent twice, so no stream.
 */
export async function callApi(fetch: CallPath, path: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(path, init);
  if (!(await isExpired(answer))) return answer;
  const { signal = null } = init;
  const refreshed = await fetch("/.auth/refresh", { method: "POST", signal });
  return refreshed.ok ? await fetch(path, init) : answer;
}

async function isExpired(answer: Response): Promise<boolean> {
  if (answer.status !== 401) return false;
  const problem: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  return isObject(problem) && problem["code"] === "token_expired";
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
