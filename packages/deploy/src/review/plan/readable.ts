import type { Resource } from "../../dry-run/graph/graph.ts";
import { toList } from "../../dry-run/graph/json.ts";
import { inputOf } from "../../dry-run/graph/resource-values.ts";

/** An ARN without what is the same in all of them: service, region and what it names. Anything else stays as it is. */
export function shortArn(arn: string): string {
  const [, service, region, rest] = /^arn:[^:]*:([^:]*):([^:]*):[^:]*:(.+)$/.exec(arn) ?? [];
  if (service === undefined || rest === undefined) return arn;
  return [service, ...(region === "" ? [] : [region]), rest].join(" ");
}

/** `aws:lambda/function:Function` as `lambda Function`. */
export function shortType(type: string): string {
  const [, service, kind] = /^aws:([^/]+)\/[^:]+:(.+)$/.exec(type) ?? [];
  return service === undefined ? type : `${service} ${kind}`;
}

/** `<type>::<name>` as `lambda Function GateApiFunction`; a label of another form stays as it is. */
export function shortLabel(label: string): string {
  const [type, name] = label.split("::");
  return type === undefined || name === undefined ? label : `${shortType(type)} ${name}`;
}

/** The name that was asked for, where the provider does not make one up; for an upload, its bucket. */
export function givenName(resource: Resource): string | undefined {
  const names = ["name", "domain", "identifier", "bucket"].map((key) => inputOf(resource, key));
  return names.find((name) => typeof name === "string");
}

/** A list as people write it. */
export function listed(values: readonly unknown[]): string {
  return values.map(asText).join(", ") || "none";
}

/** The texts of a list, or of one text; what is not text is shown as JSON. */
export function asTexts(value: unknown): readonly string[] {
  return toList(value).map(asText);
}

export function asText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
}
