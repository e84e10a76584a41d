import type { Resource } from "../../dry-run/graph/graph.ts";
import { labelOf } from "../../dry-run/graph/label-of.ts";

/** Something that AWS would refuse, or that would be unsafe there. */
export interface Violation {
  /** Stable, kebab-case. */
  readonly rule: string;
  /** `<type>::<name>`, or what is missing. */
  readonly resource: string;
  /** What is wrong and what AWS or an attacker would make of it; after the last colon, what to do. */
  readonly message: string;
}

/** The two parts of a violation's message. */
export function whatAndMend(message: string): { readonly what: string; readonly mend: string } {
  const at = message.lastIndexOf(": ");
  return at === -1
    ? { what: message, mend: "" }
    : { what: message.slice(0, at), mend: message.slice(at + 2) };
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
