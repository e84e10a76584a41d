import type { GateAccess } from "@sst-gatehouse/blueprint/gate";
import { openIdScopes } from "@sst-gatehouse/blueprint/app-clients";
import { peopleFor } from "@sst-gatehouse/blueprint/people";
import type { Stage } from "@sst-gatehouse/blueprint/stages";
import type { Caller } from "@sst-gatehouse/core/caller";

import { either } from "./admits.ts";

/** Somebody whom examples and questions name by a word. */
export interface Asker {
  readonly caller: Caller;
  /** Who that is. */
  readonly words: string;
}

/** The words, for a message. */
export const askerWords =
  "anybody, a person of the local stack, machine, machine:<scope>,<scope>, or the ARN of an IAM role";

/**
 * Who is meant.
 *
 * - `anybody` has no token.
 * - A person of the local stack, such as `alice` and `ada`, has the access token that a session of the stage has.
 * - `machine` has a token with every scope of the API, `machine:api/read` one with these.
 * - An ARN is an IAM service that calls the Function URL itself: `arn:aws:iam::<account>:role/<name>` is any session of the
 *   role.
 *
 * @returns undefined for a word that means nobody.
 */
export function askerOf(
  word: string,
  access: GateAccess,
  { peopleScopes }: Pick<Stage, "peopleScopes">,
): Asker | undefined {
  if (word === "anybody") return { caller: { kind: "anonymous" }, words: "no token" };
  const [, of] = /^machine(?::(.+))?$/s.exec(word) ?? [];
  if (of !== undefined || word === "machine") {
    const scopes = of?.split(",") ?? [...access.scopes];
    return {
      caller: { kind: "client", clientId: "machine", scopes },
      words: `a machine ${withScopes(scopes)}`,
    };
  }
  const role = /^arn:([\w-]+):iam::(\d+):role\/(.+)$/.exec(word);
  if (word.startsWith("arn:")) {
    const arn =
      role === null ? word : `arn:${role[1]}:sts::${role[2]}:assumed-role/${role[3]}/session`;
    return { caller: { kind: "service", arn }, words: "an IAM service" };
  }
  const [username, groups] = peopleFor(access).find(([known]) => known === word) ?? [];
  if (username === undefined || groups === undefined) return undefined;
  const scopes = [...openIdScopes, ...peopleScopes];
  return {
    caller: { kind: "user", sub: username, username, groups: [...groups], scopes },
    words: `a person in ${groups.length === 0 ? "no group" : `the group ${either(groups)}`}, with an access token ${withScopes(scopes)}`,
  };
}

function withScopes(scopes: readonly string[]): string {
  if (scopes.length === 0) return "without scopes";
  return `with the ${scopes.length === 1 ? "scope" : "scopes"} ${scopes.join(", ")}`;
}
