/** IAM's own alphabet for role, user and session names. */
const sessionName = /^[\w+=,.@-]{1,64}$/;
const roleArn = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/([\w+=,.@-]{1,64})$/;
const userArn = /^arn:aws[a-z-]*:iam::\d{12}:user(?:\/[\w+=,.@-]{1,64})+$/;
const sessionArn =
  /^arn:aws[a-z-]*:sts::\d{12}:(?:assumed-role\/[\w+=,.@-]{1,64}|federated-user)\/[\w+=,.@-]{1,64}$/;

/** One entry of a rule's `services`, read; plain data, so that rules can be written into a bundle. */
export interface ServicePrincipal {
  /** What the ARN is, or for a role begins with. */
  readonly arn: string;
  /** Whether any session of the role counts; `arn` then ends before the session's name. */
  readonly anySession: boolean;
}

/** Whether a principal's ARN, as IAM reports it to the Function URL, is this service. */
export function isServicePrincipal({ arn, anySession }: ServicePrincipal, caller: string): boolean {
  if (!anySession) return caller === arn;
  return caller.startsWith(arn) && sessionName.test(caller.slice(arn.length));
}

/**
 * Reads one entry of a rule's `services`.
 *
 * @param entry `arn:aws:iam::<account>:role/<name>` for every session of that role (without the role's path: the ARN of a
 *   session does not hold it, and role names are unique in an account), or the exact ARN of an IAM user or an STS session.
 * @throws {TypeError} for anything else; there are no wildcards.
 */
export function parseServicePrincipal(entry: string): ServicePrincipal {
  const [, partition, accountId, role] = roleArn.exec(entry) ?? [];
  if (role !== undefined) {
    return Object.freeze({
      arn: `arn:${partition}:sts::${accountId}:assumed-role/${role}/`,
      anySession: true,
    });
  }
  if (userArn.test(entry) || sessionArn.test(entry))
    return Object.freeze({ arn: entry, anySession: false });
  throw new TypeError(
    `${JSON.stringify(entry)} is not a service: give arn:aws:iam::<account>:role/<name> without path, or the exact ARN of a user or session`,
  );
}
