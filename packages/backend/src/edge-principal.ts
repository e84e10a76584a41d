/** The role that the guard signs with. */
export interface EdgeRole {
  /** Twelve digits. */
  readonly account: string;
  /** The role's name without its path: STS leaves the path out of an assumed role's ARN. */
  readonly name: string;
}

const partitions = new Set(["aws", "aws-cn", "aws-us-gov"]);

/**
 * Whether a signer is a session of exactly the edge role: `arn:<partition>:sts::<account>:assumed-role/<name>/<session>`.
 *
 * Every part is compared in full. Comparing a prefix would also let in `<name>X`, and searching the ARN would let in
 * another role's session that is named like this role.
 */
export function isEdgePrincipal(userArn: string, role: EdgeRole): boolean {
  const [arn, partition, service, region, account, resource, ...rest] = userArn.split(":");
  if (
    arn !== "arn" ||
    !partitions.has(partition ?? "") ||
    service !== "sts" ||
    region !== "" ||
    rest.length > 0
  )
    return false;
  const [kind, name, session, ...deeper] = (resource ?? "").split("/");
  if (kind !== "assumed-role" || session === undefined || session === "" || deeper.length > 0)
    return false;
  return account === role.account && name === role.name;
}
