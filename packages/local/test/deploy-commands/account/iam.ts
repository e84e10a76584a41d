import { type Answer, type Asked, type Call, pageOf, Refused } from "./answer.ts";
import type { AccountState, PlayedRole } from "./state.ts";
import { toXml } from "./xml.ts";

/** IAM's Query protocol: a form in, XML out; policy documents come URL-encoded. */
export function iamCall(state: AccountState, { body }: Asked): Call | undefined {
  const form = new URLSearchParams(body);
  const operation = form.get("Action") ?? "";
  const answer = (result: object): Answer => ({
    status: 200,
    type: "text/xml",
    body: `<${operation}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/">${toXml(`${operation}Result`, result)}<ResponseMetadata><RequestId>7a62c49f</RequestId></ResponseMetadata></${operation}Response>`,
  });
  const roleName = form.get("RoleName") ?? "";
  const role = (): PlayedRole => {
    const found = state.roles.get(roleName);
    if (found === undefined)
      throw new Refused("NoSuchEntity", 404, `The role with name ${roleName} cannot be found.`);
    return found;
  };
  const listed = (member: string, entries: readonly unknown[]): Answer => {
    const { page, next } = pageOf(entries, form.get("Marker"));
    return answer({ [member]: page, IsTruncated: next !== undefined, Marker: next });
  };
  const operations: Readonly<Record<string, () => Answer>> = {
    GetRole: () =>
      answer({
        Role: {
          Path: "/",
          RoleName: roleName,
          RoleId: "AROAEXAMPLE",
          Arn: role().Arn,
          CreateDate: "2026-11-22T12:00:00Z",
          AssumeRolePolicyDocument: encoded(role().trust),
          MaxSessionDuration: 3600,
        },
      }),
    ListRolePolicies: () => listed("PolicyNames", [...role().inline.keys()]),
    ListAttachedRolePolicies: () =>
      listed(
        "AttachedPolicies",
        role().attached.map((arn) => ({ PolicyName: arn.split("/").at(-1), PolicyArn: arn })),
      ),
    GetRolePolicy: () => {
      const PolicyName = form.get("PolicyName") ?? "";
      return answer({
        RoleName: roleName,
        PolicyName,
        PolicyDocument: encoded(role().inline.get(PolicyName) ?? {}),
      });
    },
    GetPolicy: () => answer({ Policy: { Arn: form.get("PolicyArn"), DefaultVersionId: "v3" } }),
    GetPolicyVersion: () =>
      answer({
        PolicyVersion: {
          Document: encoded(state.managedPolicies.get(form.get("PolicyArn") ?? "") ?? {}),
          VersionId: form.get("VersionId"),
          IsDefaultVersion: true,
        },
      }),
  };
  const run = operations[operation];
  return run && { action: `iam:${operation}`, run };
}

/** As RFC 3986 has it. */
function encoded(document: object): string {
  return encodeURIComponent(JSON.stringify(document));
}
