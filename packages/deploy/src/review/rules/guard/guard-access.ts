import type { AccessNames } from "@sst-gatehouse/blueprint/access-names";
import { accessOf } from "@sst-gatehouse/edge/build/guard-data";

import { isObject, parseJson, sameJson, toObject } from "../../../dry-run/graph/json.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";
import type { Chain } from "../facts/chain.ts";
import { unmet, type Violation } from "../violation.ts";

/** Whom the guard lets in: `access.json` beside its bundle has to hold the rules of `access.ts`, all of them. */
export function checkGuardAccess({ guard }: Chain, access?: AccessNames): readonly Violation[] {
  if (access === undefined) return [];
  const files = toObject(toObject(inputOf(guard, "code"))["archive"]);
  const deployed = parseJson(toObject(files["access.json"])["text"]);
  return unmet(guard, [
    {
      rule: "guard-access",
      holds: isObject(deployed) && sameJson(deployed["access"], accessOf(access)),
      message:
        "does not carry exactly the rules of access.ts in access.json; it would let in callers whom they refuse, or refuse others: hand buildGuardArtifact the access rules of access.ts",
    },
  ]);
}
