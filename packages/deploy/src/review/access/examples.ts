import type { GateAccess } from "@sst-gatehouse/blueprint/gate";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

import { parseExampleRequest, saysAdmitted } from "@sst-gatehouse/core/examples";

import { askerOf, askerWords } from "./askers.ts";
import { explain, type Explanation } from "./explain.ts";

/** An example of `access.ts` that is not so. */
export interface UntrueExample {
  /** As it is written, such as `POST /reports/7`. */
  readonly request: string;
  /** What it says and what is so, in words that go on from the request. */
  readonly what: string;
}

/**
 * Asks the access rules for each of their examples.
 *
 * @param stage has the scopes of its people.
 * @returns the ones that are not so; nothing when all are.
 */
export function untrueExamples(
  access: GateAccess,
  stage: Pick<Stage, "peopleScopes">,
): readonly UntrueExample[] {
  return Object.entries(access.examples ?? {}).flatMap(([request, callers]) =>
    Object.entries(callers).flatMap(([who, status]) => {
      const asker = askerOf(who, access, stage);
      if (asker === undefined)
        return [{ request, what: `names ${who}, and there are only ${askerWords}` }];
      const parsed = parseExampleRequest(request);
      if (parsed === undefined) return [{ request, what: "is no method and path" }];
      const found = explain(access, { ...parsed, caller: asker.caller });
      const { outcome } = found;
      const holds =
        outcome.kind === "refused"
          ? status === outcome.status
          : outcome.kind === "admitted" && saysAdmitted(status);
      return holds ? [] : [{ request, what: `says ${status} for ${who}, who ${gets(found)}` }];
    }),
  );
}

/** How many callers the examples speak of. */
export function countExamples({ examples = {} }: GateAccess): number {
  return Object.values(examples).reduce((sum, callers) => sum + Object.keys(callers).length, 0);
}

function gets({ rule, outcome }: Explanation): string {
  if (outcome.kind === "guard") return "is answered by the guard itself";
  const by = rule === undefined ? "" : ` by ${JSON.stringify(rule.text)}`;
  if (outcome.kind === "admitted") return `is let in${by}`;
  return `is refused${by} with ${outcome.status} ${outcome.code}`;
}
