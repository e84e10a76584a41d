import { checkStageName } from "@sst-gatehouse/blueprint/stage-name";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";

import { UsageError } from "./command.ts";

/**
 * Takes what a reader of the command line refuses (`parseArgs`, a check of a name) as a mistake in the command line.
 *
 * @throws {UsageError} with the reader's own message.
 */
export function orUsageError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/**
 * The stage that was asked for. There is no default: what a command does, it does to the stage that was named.
 *
 * @throws {UsageError} when there is none, or when no stage can have that name.
 */
export function requireStage(app: string, stage: string | undefined): string {
  if (stage === undefined)
    throw new UsageError("--stage is needed: the name you gave to `sst deploy --stage`");
  orUsageError(() => checkStageName(app, stage));
  return stage;
}
