import type { GateRule } from "@sst-gatehouse/blueprint/gate";

/** Whom a rule lets in, in words; nothing is left to know about `access.ts`. */
export function admits({
  access,
  authorization,
}: Pick<GateRule, "access" | "authorization">): string {
  if (authorization === "own")
    return "anyone, without signing in; Authorization is the sender's own, which the backend has to verify";
  if (access === "anyone") return "anyone, without signing in";
  if (access === "signed-in") return "everyone who has signed in; every machine; every IAM service";
  if (typeof access === "string") return access;
  const { groups, scopes, services } = access;
  const parts = [
    ...(groups === undefined ? [] : [`people in the group ${either(groups)}${narrowed(scopes)}`]),
    ...(scopes === undefined ? [] : [`machines with the scope ${either(scopes)}`]),
    ...(services === undefined ? [] : [`the IAM service ${either(services)}`]),
  ];
  return parts.join("; ") || "nobody";
}

function narrowed(scopes: readonly string[] | undefined): string {
  return scopes === undefined ? "" : `, with an access token that has the scope ${either(scopes)}`;
}

export function either(names: readonly string[]): string {
  return names.join(" or ");
}
