import { causeOf, GuardError } from "@sst-gatehouse/core/errors";

import type { Log } from "./log.ts";
import type { OriginRequestHandler } from "./origin-request.ts";

/**
 * The guard, or where it cannot be made one that refuses every request: a guard without valid settings lets nobody in.
 *
 * @param responses the file that has the refusals; as ever, it is loaded when one is needed.
 * @param print says why, where an operator reads it.
 */
export function orRefuseEverything(
  make: () => OriginRequestHandler,
  responses: () => Pick<typeof import("./responses.ts"), "refusal">,
  log: Log,
  print: (text: string) => void,
): OriginRequestHandler {
  try {
    return make();
  } catch (error) {
    const invalid = new GuardError(
      "settings_invalid",
      "The guard's settings are not valid. Build and deploy it again.",
    );
    const cause = causeOf(error);
    print(error instanceof Error ? error.message : "the guard's files could not be read");
    return async (event) => {
      const { config, request } = event?.Records?.[0]?.cf ?? {};
      const { requestId = "" } = config ?? {};
      const { method = "" } = request ?? {};
      log({ requestId, method, outcome: "refused", status: 500, code: invalid.code, cause });
      return responses().refusal(invalid, requestId, {});
    };
  }
}
