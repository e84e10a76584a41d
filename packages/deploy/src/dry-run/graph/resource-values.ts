import type { Resource } from "./graph.ts";
import { withoutSecretMarks } from "./json.ts";
import { labelOf } from "./label-of.ts";

/** What was asked of the provider, secrets included. */
export function inputOf({ inputs }: Resource, key: string): unknown {
  return withoutSecretMarks(inputs[key]);
}

/**
 * A text that AWS fills in or takes from the inputs: an ARN, an id, a name.
 *
 * @throws {TypeError} when the graph was recorded without it. Two that are missing must never count as equal.
 */
export function attributeOf(resource: Resource, key: string): string {
  const value = withoutSecretMarks(resource.outputs[key] ?? resource.inputs[key]);
  if (typeof value !== "string" || value === "")
    throw new TypeError(`the graph has no ${key} of ${labelOf(resource)}`);
  return value;
}
