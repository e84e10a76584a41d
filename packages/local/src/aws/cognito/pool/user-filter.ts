import { AwsError } from "../../json-api/json-service.ts";
import type { User } from "./users.ts";

const fields: Readonly<Record<string, (user: User) => string | undefined>> = {
  username: (user) => user.username,
  sub: (user) => user.sub,
  email: (user) => user.attributes.get("email"),
  status: (user) => (user.enabled ? "Enabled" : "Disabled"),
  "cognito:user_status": (user) => user.status,
};

/**
 * Reads the filter of `ListUsers`: `name = "value"` or `name ^= "prefix"`; empty matches everybody.
 *
 * @throws {AwsError} InvalidParameterException
 */
export function userFilter(filter: string): (user: User) => boolean {
  if (filter.trim() === "") return () => true;
  const [, name = "", operator, quoted = ""] =
    /^\s*([\w:]+)\s*(\^?=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(filter) ?? [];
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (!field)
    throw new AwsError("InvalidParameterException", `Error while parsing filter: ${filter}`);
  const wanted = quoted.replaceAll(/\\(.)/g, "$1");
  return (user) => {
    const value = field(user);
    return value !== undefined && (operator === "=" ? value === wanted : value.startsWith(wanted));
  };
}
