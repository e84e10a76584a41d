import { inputMembers } from "../../json-api/input-members.ts";
import type { InputMembers } from "../../json-api/input-members.ts";
import { AwsError } from "../../json-api/json-service.ts";
import type { JsonObject, Operation } from "../../json-api/json-service.ts";
import type { UserPool } from "../pool/user-pool.ts";

/** The reader of a request to the user pool API. */
export function poolMembers(input: JsonObject): InputMembers {
  return inputMembers(input, "InvalidParameterException");
}

function poolIdIn(input: JsonObject): string {
  return poolMembers(input).text("UserPoolId", { max: 55 });
}

/** An operation that needs a signature and permission on the pool that the request names. */
export function adminOperation(
  pool: UserPool,
  run: (asked: InputMembers) => JsonObject | Promise<JsonObject>,
): Operation {
  const { region, accountId } = pool.options;
  return {
    resources: (input) => [
      `arn:aws:cognito-idp:${region}:${accountId}:userpool/${poolIdIn(input)}`,
    ],
    run(input) {
      const id = poolIdIn(input);
      if (id !== pool.id)
        throw new AwsError("ResourceNotFoundException", `User pool ${id} does not exist.`);
      return run(poolMembers(input));
    },
  };
}

/** An operation without a signature: tokens, passwords or secrets in the request speak for the caller. */
export function unsignedOperation(
  run: (asked: InputMembers) => JsonObject | Promise<JsonObject>,
): Operation {
  return { unsigned: true, resources: () => [], run: (input) => run(poolMembers(input)) };
}

/** One page of a list, at most 60 entries. The token is a position, so it means nothing to another list. */
export function pageOf<Entry>(
  entries: readonly Entry[],
  asked: InputMembers,
  names: { limit: string; token: string },
): { page: readonly Entry[]; next: string | undefined } {
  const limit = asked.optionalWhole(names.limit, { min: 1, max: 60 }) ?? 60;
  const token = asked.optionalText(names.token);
  const start = token === undefined ? 0 : Number(Buffer.from(token, "base64url").toString());
  if (!Number.isInteger(start) || start < 0) {
    throw new AwsError("InvalidParameterException", "Invalid pagination token.");
  }
  const end = start + limit;
  return {
    page: entries.slice(start, end),
    next: end < entries.length ? Buffer.from(String(end)).toString("base64url") : undefined,
  };
}
