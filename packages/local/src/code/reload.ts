import type { Bundles } from "./code-source.ts";
import type { Explain } from "../aws/explain.ts";
import type { LambdaFunction } from "../aws/lambda/lambda-function.ts";

export interface ReloadDeps {
  readonly guard: Pick<LambdaFunction, "redeploy">;
  readonly api: Pick<LambdaFunction, "redeploy">;
  readonly explain: Explain;
}

/** What the running stack was set up from, apart from the code of both functions. */
const stackSettings = /^(stages\.ts$|packages\/blueprint\/)/;

/**
 * Puts newly built code into both functions, and says what took effect and what did not.
 *
 * @returns a function of the code and of what was edited, which resolves to whether both functions run the new code.
 */
export function createReload({ guard, api, explain }: ReloadDeps) {
  return async (bundles: Bundles, edited: readonly string[]): Promise<boolean> => {
    const outcomes = await Promise.all([
      guard.redeploy(bundles.edge.directory).then((outcome) => ({ name: "the guard", outcome })),
      api
        .redeploy(bundles.functions.directory)
        .then((outcome) => ({ name: "the backend", outcome })),
    ]);
    const reloaded = outcomes.filter(({ outcome }) => outcome.loaded).map(({ name }) => name);
    for (const { name, outcome } of outcomes) {
      if (outcome.loaded) continue;
      // Where it was thrown is among the lines that the function itself has printed.
      const [reason = ""] = outcome.reason.split("\n");
      explain("stack", `built, but ${name} could not be loaded: ${reason}`, [
        `${name} keeps serving as it was before`,
      ]);
    }
    if (reloaded.length > 0) {
      const what = reloaded.length === outcomes.length ? "both functions" : reloaded.join();
      const later = edited.some((path) => stackSettings.test(path))
        ? "; roles, cache behaviour, clients and stage settings apply after a restart"
        : "";
      explain("stack", `rebuilt and reloaded ${what}${later}`);
    }
    return reloaded.length === outcomes.length;
  };
}
