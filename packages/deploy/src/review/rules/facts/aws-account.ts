import type { Resource } from "../../../dry-run/graph/graph.ts";
import { attributeOf } from "../../../dry-run/graph/resource-values.ts";

export interface AwsAccount {
  /** `aws`, in China `aws-cn`. */
  readonly partition: string;
  /** Twelve digits. */
  readonly id: string;
}

/**
 * Whose account a resource is in, read from its ARN.
 *
 * @throws {TypeError} when the graph has no ARN with an account for it.
 */
export function accountOf(resource: Resource): AwsAccount {
  const arn = attributeOf(resource, "arn");
  const [, partition, id] = /^arn:([a-z-]+):[a-z0-9-]+:[a-z0-9-]*:(\d{12}):/.exec(arn) ?? [];
  if (partition === undefined || id === undefined)
    throw new TypeError(`${arn} does not name an account`);
  return { partition, id };
}
