import { edgeRolePolicy, edgeRoleTrust } from "@sst-gatehouse/blueprint/edge-role";
import { guardLogGroup } from "@sst-gatehouse/blueprint/guard-function";
import { parameterPrefix } from "@sst-gatehouse/blueprint/parameters";
import type { PolicyDocument } from "@sst-gatehouse/blueprint/policy-document";

import { type JsonObject, toList } from "../../../dry-run/graph/json.ts";
import { patternsMeet } from "../../../review/rules/facts/glob.ts";
import { shellWord } from "../../shell-word.ts";
import { type Check, type Finding, unless } from "../check.ts";
import {
  inWords,
  principalsOf,
  sameStatements,
  statementsIn,
  without,
} from "../policy-statements.ts";
import type { Role } from "../reads/read-roles.ts";
import { guardRoleOf, redeploy, type StageUnderCheck } from "../stage-under-check.ts";
import { findBackends } from "./backends.ts";

/** What the guard needs to call the backend, and why each by itself is not enough. */
const invokePermissions = [
  { id: "guard-role-invoke-url", action: "lambda:InvokeFunctionUrl" },
  { id: "guard-role-invoke", action: "lambda:InvokeFunction" },
] as const;

/** The guard's role: who may take it, and what it may do. The backend believes it about every user. */
export function guardRoleChecks(under: StageUnderCheck): readonly Check[] {
  const role = () => guardRoleOf(under);
  return [
    { id: "guard-role-trust", find: async () => checkTrust(await role()) },
    { id: "guard-role-policies", find: async () => checkPolicies(await role(), under) },
    ...invokePermissions.map(({ id, action }) => ({
      id,
      find: async () => {
        const found = await role();
        return checkInvoke(action, found, await expectedPolicy(found, under));
      },
    })),
    {
      id: "guard-role-policy",
      find: async () => {
        const found = await role();
        return checkOthers(found, await expectedPolicy(found, under));
      },
    },
  ];
}

function checkTrust({ name, trust }: Role): readonly Finding[] {
  const expected = statementsIn(edgeRoleTrust) ?? [];
  const actual = statementsIn(trust);
  if (actual !== undefined && sameStatements(actual, expected)) return [];
  const wanted = expected.flatMap(principalsOf);
  const trusted = (actual ?? []).filter(({ Effect }) => Effect === "Allow").flatMap(principalsOf);
  const strangers = trusted.filter((principal) => !wanted.includes(principal));
  const missing = wanted.filter((principal) => !trusted.includes(principal));
  const parts = [
    ...strangers.map(
      (principal) => `may also be assumed by ${principal}, who can then speak for every user`,
    ),
    ...missing.map(
      (principal) => `is not trusted by ${principal}, so CloudFront cannot run the guard`,
    ),
  ];
  return [
    {
      problem: `${name} ${parts.join("; ") || "has other conditions on who may assume it than Gatehouse sets"}`,
      mend: `aws iam update-assume-role-policy --role-name ${name} --policy-document ${shellWord(JSON.stringify(edgeRoleTrust))}`,
    },
  ];
}

/** One policy of its own and no other. */
function checkPolicies(
  { name, inline, attached }: Role,
  under: StageUnderCheck,
): readonly Finding[] {
  const more = `${name} has more than its one policy, and so may do more than the guard needs`;
  return [
    ...unless(
      inline.size > 0,
      `${name} has no policy: AWS refuses every call of the guard`,
      redeploy(under),
    ),
    ...attached.map((arn) => ({
      problem: `${more}: ${arn} is attached to it`,
      mend: `aws iam detach-role-policy --role-name ${name} --policy-arn ${shellWord(arn)}`,
    })),
    ...[...inline.keys()]
      .filter((policy) => policy !== ownPolicy(inline))
      .map((policy) => ({
        problem: `${more}: ${policy}`,
        mend: `aws iam delete-role-policy --role-name ${name} --policy-name ${shellWord(policy)}`,
      })),
  ];
}

/** The one that a deploy makes: the provider adds seven digits to the name that the gate gives it. */
function ownPolicy(inline: Role["inline"]): string | undefined {
  const names = [...inline.keys()];
  return names.find((name) => /^[A-Za-z\d]+GuardPolicy-[0-9a-f]{7}$/.test(name)) ?? names[0];
}

async function expectedPolicy({ arn }: Role, under: StageUnderCheck): Promise<PolicyDocument> {
  const [, partition = "", , , account = ""] = arn.split(":");
  const { app, stage, region } = under;
  const prefix = parameterPrefix(app, stage.name);
  return edgeRolePolicy({
    functionArns: (await findBackends(under)).map((backend) => backend.arn),
    parameterPrefixArn: `arn:${partition}:ssm:${region}:${account}:parameter${prefix}`,
    logGroupArn: `arn:${partition}:logs:*:${account}:log-group:${guardLogGroup(app, stage.name)}`,
  });
}

function checkInvoke(action: string, role: Role, expected: PolicyDocument): readonly Finding[] {
  const wanted = (statementsIn(expected) ?? []).filter((statement) => allows(statement, action));
  const actual = statementsOfRole(role).filter((statement) => allows(statement, action));
  const missing = without(wanted, actual);
  const more = without(actual, wanted);
  if (missing.length === 0 && more.length === 0) return [];
  const problem =
    more.length === 0
      ? `${role.name} may not ${action}: AWS answers 403 to every request that the guard signs, because both permissions are needed`
      : `${role.name} may ${action} otherwise than Gatehouse allows it. It has ${more.map(inWords).join(" and ")}, and should have ${wanted.map(inWords).join(" and ")}: without the condition it could call the backend with a made-up event, or call another function`;
  return [{ problem, mend: putPolicy(role, expected) }];
}

function checkOthers(role: Role, expected: PolicyDocument): readonly Finding[] {
  const isOther = (statement: JsonObject) =>
    !invokePermissions.some(({ action }) => allows(statement, action));
  const wanted = (statementsIn(expected) ?? []).filter(isOther);
  const actual = statementsOfRole(role).filter(isOther);
  const missing = without(wanted, actual);
  const more = without(actual, wanted);
  const unreadable = [...role.inline.values()].some(
    (document) => statementsIn(document) === undefined,
  );
  const parts = [
    ...(unreadable ? ["a policy that cannot be read"] : []),
    ...more.map((statement) => `${inWords(statement)}, which the guard does not need`),
    ...missing.map((statement) => `not ${inWords(statement)}, which the guard needs`),
  ];
  return unless(
    parts.length === 0,
    `${role.name} has ${parts.join("; ")}`,
    putPolicy(role, expected),
  );
}

function statementsOfRole({ inline }: Role): readonly JsonObject[] {
  return [...inline.values()].flatMap((document) => statementsIn(document) ?? []);
}

/** Whether a statement allows an action on anything. */
function allows({ Effect, Action, NotAction }: JsonObject, action: string): boolean {
  if (Effect !== "Allow") return false;
  return NotAction === undefined
    ? toList(Action).some((pattern) => patternsMeet(String(pattern), action))
    : !toList(NotAction).some((pattern) => patternsMeet(String(pattern), action));
}

function putPolicy({ name, inline }: Role, expected: PolicyDocument): string {
  const policy = ownPolicy(inline) ?? "GateGuardPolicy";
  return `aws iam put-role-policy --role-name ${name} --policy-name ${shellWord(policy)} --policy-document ${shellWord(JSON.stringify(expected))}`;
}
