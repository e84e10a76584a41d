import { AwsError } from "../../json-api/json-service.ts";
import type { JsonObject, Operation } from "../../json-api/json-service.ts";
import { poolMembers } from "./admin-operation.ts";
import type { UserPool } from "../pool/user-pool.ts";

/**
 * The tags that a deploy puts on a pool, to say whose it is.
 *
 * @param tags are changed in place.
 */
export function tagOperations(
  pool: UserPool,
  tags: Map<string, string>,
): Record<string, Operation> {
  return {
    TagResource: taggingOperation(pool, (input) => {
      const asked = poolMembers(input);
      asked.only("ResourceArn", "Tags");
      for (const [name, value] of asked.optionalTextMap("Tags")) tags.set(name, value);
    }),
    UntagResource: taggingOperation(pool, (input) => {
      const asked = poolMembers(input);
      asked.only("ResourceArn", "TagKeys");
      for (const name of asked.texts("TagKeys", 50)) tags.delete(name);
    }),
  };
}

/** Names the pool by its ARN, as no other operation does. */
function taggingOperation(pool: UserPool, run: (input: JsonObject) => void): Operation {
  const arnIn = (input: JsonObject): string =>
    poolMembers(input).text("ResourceArn", { max: 2048 });
  return {
    resources: (input) => [arnIn(input)],
    run(input) {
      const arn = arnIn(input);
      if (arn !== pool.arn)
        throw new AwsError("ResourceNotFoundException", `Resource ${arn} does not exist.`);
      run(input);
      return {};
    },
  };
}
