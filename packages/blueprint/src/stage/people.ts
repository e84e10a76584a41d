import { type AccessNames, groupsOf } from "../aws/access-names.ts";

/**
 * The people of the local stack, whom examples and `rules explain` know too: `alice`, who is in no group, then `ada` for
 * `admin`, then one for each further group, named after it.
 *
 * @returns username and groups of each.
 */
export function peopleFor(
  access: AccessNames,
): readonly (readonly [username: string, groups: readonly string[]])[] {
  const groups = [...groupsOf(access), ...(access.externalGroups ?? [])];
  const people = new Map<string, readonly string[]>([["alice", []]]);
  if (groups.includes("admin")) people.set("ada", ["admin"]);
  for (const group of groups.filter((each) => each !== "admin")) {
    // A group of a company's sign-on may have spaces; a username and an address may not.
    let username = group.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-");
    while (people.has(username)) username += "-2";
    people.set(username, [group]);
  }
  return [...people];
}
