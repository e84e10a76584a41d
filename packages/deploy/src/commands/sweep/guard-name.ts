import { guardFunction, guardName } from "@sst-gatehouse/blueprint/guard-function";

/** The stage in the name of a guard, `guardName` and `-<7 hex digits>`; `undefined` when it is not such a name. */
export function stageOfGuard(app: string, name: string): string | undefined {
  // The parts before and after a stage in the name; neither has a slash.
  const [before = "", after = ""] = guardName(app, "/").split("/");
  const [, named = ""] = /^([^]+)-[0-9a-f]{7}$/.exec(name) ?? [];
  if (!named.startsWith(before) || !named.endsWith(after)) return undefined;
  const stage = named.slice(before.length, -after.length);
  return /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/.test(stage) ? stage : undefined;
}

/** The name in a function's ARN without a version; `undefined` for any other ARN. */
export function nameOfFunction(arn: string): string | undefined {
  const [, region, name] =
    /^arn:aws:lambda:([\w-]+):\d{12}:function:([\w-]{1,64})$/.exec(arn) ?? [];
  return region === guardFunction.region ? name : undefined;
}
