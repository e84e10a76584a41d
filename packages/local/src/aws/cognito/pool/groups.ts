import { AwsError } from "../../json-api/json-service.ts";
import type { Clock } from "../../clock.ts";

export interface Group {
  readonly name: string;
  readonly description: string | undefined;
  readonly precedence: number | undefined;
  readonly createdAtMs: number;
}

export interface Groups {
  /** @throws {AwsError} GroupExistsException */
  add(group: {
    name: string;
    description?: string | undefined;
    precedence?: number | undefined;
  }): Group;
  /** @throws {AwsError} ResourceNotFoundException */
  get(name: string): Group;
  has(name: string): boolean;
  list(): readonly Group[];
}

export function createGroups(clock: Clock): Groups {
  const byName = new Map<string, Group>();
  return {
    has: (name) => byName.has(name),
    list: () => [...byName.values()],
    get(name) {
      const group = byName.get(name);
      if (!group) throw new AwsError("ResourceNotFoundException", "Group not found.");
      return group;
    },
    add({ name, description, precedence }) {
      if (byName.has(name))
        throw new AwsError("GroupExistsException", "A group with the name already exists.");
      const group = { name, description, precedence, createdAtMs: clock.now() };
      byName.set(name, group);
      return group;
    },
  };
}
