import type { SSMClient } from "@aws-sdk/client-ssm";

import { CommandError } from "../../command.ts";

/**
 * The time by AWS's own clock: the date of the last answer that the client got. This machine's may be wrong, and a
 * revocation from the past revokes nothing, one from the future locks everybody out.
 *
 * @returns whole seconds since the epoch.
 * @throws {CommandError} (the returned function) while there has been no answer with a date.
 */
export function awsClock(client: Pick<SSMClient, "middlewareStack">): () => number {
  let date: string | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      date = dateOf(result.response) ?? date;
      return result;
    },
    { step: "deserialize", name: "gatehouseClock", priority: "low" },
  );
  return () => {
    const milliseconds = Date.parse(date ?? "");
    if (Number.isNaN(milliseconds))
      throw new CommandError(
        "AWS's answer does not say what time it is. Nothing was changed. Try again.",
      );
    return Math.floor(milliseconds / 1000);
  };
}

function dateOf(response: unknown): string | undefined {
  const headers: unknown = Object(response).headers;
  const date: unknown = Object(headers).date;
  return typeof date === "string" ? date : undefined;
}
