import { isDeepStrictEqual } from "node:util";

import { groupsOf } from "@sst-gatehouse/blueprint/access-names";
import { backendsOf, type Gate } from "@sst-gatehouse/blueprint/gate";

import type { Built } from "./bundles.ts";
import { explainMissingLinks } from "./missing-links.ts";
import type { Explain } from "../aws/explain.ts";
import type { LambdaFunction } from "../aws/lambda/lambda-function.ts";

type Reloaded = Pick<LambdaFunction, "redeploy">;

export interface ReloadDeps {
  /** What the stack was set up from. */
  readonly gate: Gate;
  readonly guard: Reloaded;
  /** By their names. */
  readonly backends: ReadonlyMap<string, Reloaded>;
  readonly explain: Explain;
  /** What there is to say of a gate. */
  readonly remarks: (gate: Gate) => readonly string[];
}

/** In Gatehouse's own repository: what the running stack was set up from, apart from the code of the functions. */
const blueprint = /(^|\/)packages\/blueprint\//;

/**
 * Puts newly built code into the guard and the backends, and says what took effect and what did not.
 *
 * @returns a function of the code and of what was edited, which resolves to whether all of them run the new code.
 */
export function createReload({ gate, guard, backends, explain, remarks }: ReloadDeps) {
  return async (built: Built, edited: readonly string[]): Promise<boolean> => {
    const parts = [
      { name: "the guard", part: guard, bundle: built.edge },
      ...[...backends].flatMap(([name, part]) => {
        const bundle = built.functions[name];
        return bundle === undefined ? [] : [{ name: `backend ${name}`, part, bundle }];
      }),
    ];
    const outcomes = await Promise.all(
      parts.map(async ({ name, part, bundle }) => ({
        name,
        outcome: await part.redeploy(bundle.directory),
      })),
    );
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
      const later =
        !isDeepStrictEqual(atStart(built.gate), atStart(gate)) ||
        edited.some((path) => blueprint.test(path))
          ? "; names, paths, roles, clients, scopes, users, links, variables and stage settings apply after a restart"
          : "";
      explain("stack", `rebuilt and reloaded ${reloaded.join(", ")}${later}`);
      explainMissingLinks(built.missingLinks, explain);
      for (const remark of remarks(built.gate)) explain("stack", remark);
    }
    return reloaded.length === outcomes.length;
  };
}

/** As much of a gate as the stack is set up from. */
function atStart(gate: Gate) {
  const { app, stages, access, local, site } = gate;
  const backends = backendsOf(gate).map(({ name, paths }) => ({ name, paths }));
  return { app, stages, local, site, scopes: access.scopes, groups: groupsOf(access), backends };
}
