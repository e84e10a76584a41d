import { AwsError } from "../../json-api/json-service.ts";
import type { InputMembers } from "../../json-api/input-members.ts";
import { poolMembers } from "./admin-operation.ts";

/** A map of texts. A null counts as absent, as AWS has it: `amazon-cognito-identity-js` sends `DEVICE_KEY: null`. */
export function authParameters(asked: InputMembers, member: string): ReadonlyMap<string, string> {
  const given = asked.optionalObject(member) ?? {};
  const members = poolMembers(given);
  return new Map(
    Object.keys(given).flatMap((name) => {
      const value = members.optionalText(name, { min: 0 });
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** @throws {AwsError} InvalidParameterException */
export function requiredParameter(parameters: ReadonlyMap<string, string>, name: string): string {
  const value = parameters.get(name);
  if (!value) throw new AwsError("InvalidParameterException", `Missing required parameter ${name}`);
  return value;
}
