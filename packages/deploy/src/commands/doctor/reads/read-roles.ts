import {
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from "@aws-sdk/client-iam";

import { Unread } from "../check.ts";
import { once, type Reader } from "./reader.ts";

export interface Role {
  readonly name: string;
  readonly arn: string;
  /** Who may assume it, a policy document as JSON text. */
  readonly trust: string;
  /** Its own policies, by name, as JSON text. */
  readonly inline: ReadonlyMap<string, string>;
  /** ARNs of the managed policies attached to it. */
  readonly attached: readonly string[];
}

export interface RoleReads {
  /** @throws {Unread} (rejects) also when there is none of that name. */
  role(name: string): Promise<Role>;
  /** The document of a managed policy, as JSON text. */
  managedPolicy(arn: string): Promise<string>;
}

export function createRoleReads(reader: Reader, client: IAMClient): RoleReads {
  return {
    role: once(async (name) => {
      const found = await reader.readIfThere(
        "iam:GetRole",
        ["NoSuchEntity", "NoSuchEntityException"],
        () => client.send(new GetRoleCommand({ RoleName: name })),
      );
      if (found === undefined)
        throw new Unread(`there is no role ${name} in this account`, "Deploy the stage again.");
      const inline = new Map<string, string>();
      for (const policy of await reader.read("iam:ListRolePolicies", () =>
        listInline(client, name),
      ))
        inline.set(policy, await readInline(reader, client, name, policy));
      return {
        name,
        arn: found.Role?.Arn ?? "",
        trust: decodeURIComponent(found.Role?.AssumeRolePolicyDocument ?? ""),
        inline,
        attached: await reader.read("iam:ListAttachedRolePolicies", () =>
          listAttached(client, name),
        ),
      };
    }),
    managedPolicy: once(async (arn) => {
      const { Policy } = await reader.read("iam:GetPolicy", () =>
        client.send(new GetPolicyCommand({ PolicyArn: arn })),
      );
      const { PolicyVersion } = await reader.read("iam:GetPolicyVersion", () =>
        client.send(
          new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: Policy?.DefaultVersionId }),
        ),
      );
      return decodeURIComponent(PolicyVersion?.Document ?? "");
    }),
  };
}

async function readInline(
  reader: Reader,
  client: IAMClient,
  RoleName: string,
  PolicyName: string,
): Promise<string> {
  const { PolicyDocument = "" } = await reader.read("iam:GetRolePolicy", () =>
    client.send(new GetRolePolicyCommand({ RoleName, PolicyName })),
  );
  return decodeURIComponent(PolicyDocument);
}

async function listInline(client: IAMClient, RoleName: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { PolicyNames = [] } of paginateListRolePolicies({ client }, { RoleName }))
    names.push(...PolicyNames);
  return names;
}

async function listAttached(client: IAMClient, RoleName: string): Promise<readonly string[]> {
  const arns: string[] = [];
  const pages = paginateListAttachedRolePolicies({ client }, { RoleName });
  for await (const { AttachedPolicies = [] } of pages)
    arns.push(...AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? []));
  return arns;
}
