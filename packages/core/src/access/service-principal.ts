/** IAM's own alphabet for role, user and session names. */
const name = String.raw`[\w+=,.@-]{1,64}`;
const account = String.raw`\d{12}`;
const roleArn = new RegExp(`^arn:(aws[a-z-]*):iam::(${account}):role/(${name})$`);
const wholeArn = new RegExp(
  `^arn:aws[a-z-]*:(?:iam::${account}:user/(?:${name}/)*${name}|sts::${account}:(?:assumed-role/${name}/${name}|federated-user/${name}))$`,
);
const sessionName = new RegExp(`^${name}$`);

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
  if (wholeArn.test(entry)) return Object.freeze({ arn: entry, anySession: false });
  throw new TypeError(
    `${JSON.stringify(entry)} is not a service: give arn:aws:iam::<account>:role/<name> without path, or the exact ARN of a user or session`,
  );
}
