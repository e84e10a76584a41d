import type { Resource } from "../../dry-run/graph/graph.ts";

/** Something that AWS would refuse, or that would be unsafe there. */
export interface Violation {
  /** Stable, kebab-case. */
  readonly rule: string;
  /** `<type>::<name>`, or what is missing. */
  readonly resource: string;
  /** What is wrong, what AWS or an attacker would make of it, and what to do. */
  readonly message: string;
}

/** One thing that has to hold of a resource. */
export interface Expectation {
  readonly rule: string;
  readonly holds: boolean;
  readonly message: string;
}

/** The expectations that do not hold, as violations of the resource. */
export function unmet(
  resource: Resource,
  expectations: readonly Expectation[],
): readonly Violation[] {
  return expectations
    .filter(({ holds }) => !holds)
    .map(({ rule, message }) => ({ rule, resource: labelOf(resource), message }));
}

/** `<type>::<name>`, as the graph refers to resources. */
export function labelOf({ type, name }: Resource): string {
  return `${type}::${name}`;
}
