import { guardFunction } from "@gatehouse/blueprint/guard-function";

/** The stage in the name of a guard, `<app>-<stage>-Guard-<7 hex digits>`; `undefined` when it is not such a name. */
export function stageOfGuard(app: string, name: string): string | undefined {
  if (!name.startsWith(`${app}-`)) return undefined;
  return /^([a-z](?:[a-z0-9-]*[a-z0-9])?)-Guard-[0-9a-f]{7}$/.exec(name.slice(app.length + 1))?.[1];
}

/** The name in a function's ARN without a version; `undefined` for any other ARN. */
export function nameOfFunction(arn: string): string | undefined {
  const [, region, name] =
    /^arn:aws:lambda:([\w-]+):\d{12}:function:([\w-]{1,64})$/.exec(arn) ?? [];
  return region === guardFunction.region ? name : undefined;
}
