const stackType = "pulumi:pulumi:Stack";

/** The URN of a resource as Pulumi's engine makes it: the types of all its parents, but not the stack, are in it. */
export function urnOf(
  app: string,
  stage: string,
  { parent, type, name }: { readonly parent: string; readonly type: string; readonly name: string },
): string {
  const parentType = parent === "" ? "" : qualifiedType(parent);
  const qualified = parentType === "" || parentType === stackType ? type : `${parentType}$${type}`;
  return `urn:pulumi:${stage}::${app}::${qualified}::${name}`;
}

/** `<type>::<name>`, without the types of its parents. */
export function shortUrn(urn: string): string {
  const name = urn.split("::").slice(3).join("::");
  return `${qualifiedType(urn).split("$").at(-1)}::${name}`;
}

function qualifiedType(urn: string): string {
  return urn.split("::")[2] ?? "";
}
