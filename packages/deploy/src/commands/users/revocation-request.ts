import { parseArgs } from "node:util";

import { orUsageError, requireStage } from "../../command-line.ts";
import { UsageError } from "../../command.ts";

/** What `users revoke` was asked for. */
export interface RevocationRequest {
  /** Undefined: everybody. */
  readonly username: string | undefined;
  /** Undefined: the stack on this machine. */
  readonly stage: string | undefined;
  /** Whether the user is also forbidden to sign in again. */
  readonly disable: boolean;
}

/** @throws {UsageError} when words are missing, contradict each other, or are of a form that Cognito does not take. */
export function parseRevocationRequest(args: readonly string[], app: string): RevocationRequest {
  const { values, positionals } = orUsageError(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        stage: { type: "string" },
        everybody: { type: "boolean", default: false },
        disable: { type: "boolean", default: false },
      },
    }),
  );
  const { everybody, disable } = values;
  const [username, ...more] = positionals;
  if (more.length > 0 || everybody === (username !== undefined)) {
    throw new UsageError(
      "users revoke takes one username, or --everybody: npx gatehouse users revoke <username> --stage <name>",
    );
  }
  if (everybody && disable)
    throw new UsageError(
      "--disable needs a username: --everybody signs everybody out, and they may sign in again",
    );
  if (username !== undefined && !/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u.test(username)) {
    throw new UsageError(`Cognito does not accept this username: ${JSON.stringify(username)}`);
  }
  const stage = values.stage === undefined ? undefined : requireStage(app, values.stage);
  return { username, stage, disable };
}
