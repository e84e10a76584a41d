import { isDeepStrictEqual } from "node:util";

/** A graph, or a plan of one. */
export interface Compared {
  readonly resources: readonly { readonly type: string; readonly name: string }[];
}

/** A place in which two graphs differ. */
export interface Difference {
  /** `<type>::<name>`; empty for what is said about the whole stage. */
  readonly resource: string;
  /** Members and indexes with dots between them, such as `inputs.origins.0.domainName`; empty for all of it. */
  readonly path: string;
  /** Undefined where the first graph has nothing. */
  readonly before: unknown;
  /** Undefined where the second graph has nothing. */
  readonly after: unknown;
}

/** Every place in which the graphs differ, as deep as it can be named: a resource that only one has is one place. */
export function graphDifferences(first: Compared, second: Compared): readonly Difference[] {
  const { resources: before, ...stageBefore } = first;
  const { resources: after, ...stageAfter } = second;
  const index = (resources: Compared["resources"]): ReadonlyMap<string, unknown> =>
    new Map(resources.map((resource) => [`${resource.type}::${resource.name}`, resource]));
  const [old, recent] = [index(before), index(after)];
  const names = [...new Set([...old.keys(), ...recent.keys()])].toSorted();
  return [
    ...compare("", [], stageBefore, stageAfter),
    ...names.flatMap((name) => compare(name, [], old.get(name), recent.get(name))),
  ];
}

function compare(
  resource: string,
  path: readonly string[],
  before: unknown,
  after: unknown,
): readonly Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after))
    return [{ resource, path: path.join("."), before, after }];
  const [old, recent] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const keys = [...new Set([...old.keys(), ...recent.keys()])];
  return keys.flatMap((key) => compare(resource, [...path, key], old.get(key), recent.get(key)));
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
