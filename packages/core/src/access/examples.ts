/**
 * What callers get for requests, for `gatehouse rules test`: `{ "POST /reports/7": { machine: 202, ada: 403, anybody: 401 } }`.
 *
 * 200 to 399 says that the rules let the caller in, whatever the app answers then; 400, 401, 403 and 405 that the guard
 * refuses with that status. The callers are `anybody` (no token), the people of the local stack (`alice`, `ada`, …), `machine`
 * (every scope), `machine:<scope>,<scope>`, and the ARN of an IAM role.
 */
export type Examples = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface ExampleRequest {
  /** Upper case. */
  readonly method: string;
  /** As on the wire, without query. */
  readonly path: string;
}

/** What the guard refuses a request with by the rules alone. */
const refusals: readonly number[] = [400, 401, 403, 405];

/** Whether an example says that the caller is let in. */
export function saysAdmitted(status: number): boolean {
  return status < 400;
}

/** Reads `POST /reports/7`. @returns undefined for a text that is not so. */
export function parseExampleRequest(text: string): ExampleRequest | undefined {
  const [, method, path] = /^([A-Z]+) (\/[^\s?#]*)$/.exec(text) ?? [];
  return method === undefined || path === undefined ? undefined : { method, path };
}

/** @throws {TypeError} for what are not examples; whether they are so is another question. */
export function parseExamples(examples: Examples): Examples {
  const refuse = (text: string, why: string): never => {
    throw new TypeError(`access: the example ${JSON.stringify(text)} ${why}`);
  };
  for (const [text, callers] of Object.entries(examples)) {
    if (parseExampleRequest(text) === undefined)
      refuse(text, 'must be named by method and path, such as "POST /reports/7"');
    if (typeof callers !== "object" || callers === null || Object.keys(callers).length === 0)
      refuse(text, "must say what callers get, such as { ada: 200, anybody: 401 }");
    for (const [who, status] of Object.entries(callers)) {
      const known =
        Number.isInteger(status) && status >= 200 && (saysAdmitted(status) || isRefusal(status));
      if (!known)
        refuse(
          text,
          `says ${String(status)} for ${who}: write 200 to 399 for a caller who is let in, or ${refusals.join(", ")}`,
        );
    }
  }
  return Object.freeze(
    Object.fromEntries(
      Object.entries(examples).map(([text, callers]) => [text, Object.freeze({ ...callers })]),
    ),
  );
}

function isRefusal(status: number): boolean {
  return refusals.includes(status);
}
