import { isObject, parseJson } from "../../dry-run/graph/json.ts";
import { explainAwsFailure } from "../../aws-failure.ts";
import type { Answer, Ask } from "./ask.ts";
import { Unread } from "./check.ts";

/** Asks in the same way, and where no answer comes says so as checks do: it rejects with {@link Unread}. */
export function reaching(ask: Ask): Ask {
  return async (url, headers, options) => {
    try {
      return await ask(url, headers, options);
    } catch (error) {
      if (options?.signal?.aborted === true) throw error;
      const { host } = new URL(url);
      throw new Unread(
        `${host} does not answer: ${explainNetworkFailure(error)}`,
        "Run doctor again from another network.",
      );
    }
  };
}

/** The same words as for AWS's own API, less what is only true there. */
function explainNetworkFailure(error: unknown): string {
  const [, code] = /\(([^)]*)\)/.exec(explainAwsFailure(error)) ?? [];
  return code ?? "the connection failed";
}

/** The code of a problem document; undefined when it is none. */
export function problemCode({ headers, body }: Answer): string | undefined {
  if (!headers["content-type"]?.startsWith("application/problem+json")) return undefined;
  const problem = parseJson(body);
  return isObject(problem) ? String(problem["code"]) : undefined;
}

/** An answer in a message: its status and what tells best what it is. */
export function describe(answer: Answer): string {
  const type = (answer.headers["content-type"] ?? "").split(";", 1)[0];
  const code = problemCode(answer);
  const errorType = answer.headers["x-amzn-errortype"];
  return [String(answer.status), code ?? errorType ?? type].filter((part) => part !== "").join(" ");
}
