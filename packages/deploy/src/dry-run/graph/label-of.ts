import type { Resource } from "./graph.ts";

/** `<type>::<name>`, as the graph refers to resources. */
export function labelOf({ type, name }: Resource): string {
  return `${type}::${name}`;
}
