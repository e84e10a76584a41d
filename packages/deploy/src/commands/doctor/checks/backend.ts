import { apiEnvironment, apiFunction, invokeModeOf } from "@sst-gatehouse/blueprint/api-function";
import { backendRevocation } from "@sst-gatehouse/blueprint/make-guard-settings";
import { parameterPrefix } from "@sst-gatehouse/blueprint/parameters";

import {
  guardedActionsOn,
  type GuardedAction,
} from "../../../review/rules/facts/guarded-actions.ts";
import { mayAllow } from "../../../review/rules/facts/policies.ts";
import { shellWord } from "../../shell-word.ts";
import { type Check, type Finding, Unread, unless } from "../check.ts";
import {
  inWords,
  principalsOf,
  sameStatements,
  statementsIn,
  statementsWithIds,
} from "../policy-statements.ts";
import type { Role } from "../reads/read-roles.ts";
import { guardRoleOf, redeploy, type StageUnderCheck } from "../stage-under-check.ts";
import { findApi, findBackends, findCandidates } from "./backends.ts";

const serviceTrust = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
  ],
};

/** What is behind the guard: that it is locked, to whom it listens, and what its role may do. */
export function backendChecks(under: StageUnderCheck): readonly Check[] {
  const role = async (): Promise<Role> => {
    const { Role: arn = "" } = await configurationOf(under);
    return under.role(arn.split("/").at(-1) ?? "");
  };
  return [
    { id: "function-url-auth", find: () => checkAuth(under) },
    { id: "function-url-mode", find: () => checkMode(under) },
    { id: "function-url-cors", find: () => checkCors(under) },
    { id: "backend-resource-policy", find: () => checkResourcePolicies(under) },
    { id: "backend-believes", find: () => checkEnvironment(under) },
    { id: "backend-role-trust", find: async () => checkTrust(await role(), under) },
    { id: "backend-role-policies", find: async () => checkPolicies(await role(), under) },
  ];
}

/** The configuration of the stage's own backend. */
export async function configurationOf(under: StageUnderCheck) {
  const { arn } = await findApi(under);
  const configuration = await under.home.configuration(arn);
  if (configuration === undefined) throw new Unread(`there is no function ${arn}`, redeploy(under));
  return configuration;
}

/** Every Function URL of the stage, also of functions that are no backend: an open one is open to everybody. */
async function checkAuth(under: StageUnderCheck): Promise<readonly Finding[]> {
  const urls = (await findCandidates(under)).flatMap(({ arn, urls: found }) =>
    found.map((url) => ({ arn, url })),
  );
  return urls
    .filter(({ url }) => url.AuthType !== apiFunction.authType)
    .map(({ arn, url }) => ({
      problem: `${url.FunctionUrl} is of type ${url.AuthType}, not ${apiFunction.authType}: whoever learns the address calls ${nameOf(arn)} without the guard`,
      mend: `aws lambda update-function-url-config --region ${under.region} --function-name ${nameOf(arn)}${qualifierOf(url.FunctionArn)} --auth-type ${apiFunction.authType}`,
    }));
}

async function checkMode(under: StageUnderCheck): Promise<readonly Finding[]> {
  const { arn, url } = await findApi(under);
  const { Runtime: runtime } = await configurationOf(under);
  const mode = invokeModeOf(under.stage.streaming);
  // `sst dev` leaves a stub there.
  const mend = runtime?.startsWith("provided.")
    ? redeploy(under)
    : `aws lambda update-function-url-config --region ${under.region} --function-name ${nameOf(arn)} --invoke-mode ${mode}`;
  return unless(
    url.InvokeMode === mode,
    `the backend's Function URL is in mode ${url.InvokeMode}, not ${mode} as the stage's streaming says: callers would get something else in place of the answer`,
    mend,
  );
}

async function checkCors(under: StageUnderCheck): Promise<readonly Finding[]> {
  return (await findBackends(under))
    .filter(({ url }) => Object.keys(url.Cors ?? {}).length > 0)
    .map(({ url }) => ({
      problem: `${url.FunctionUrl} answers CORS itself: every CORS header would come twice`,
      mend: redeploy(under),
    }));
}

/** In one account the policy of the guard's role is enough, so there is none at the function. */
async function checkResourcePolicies(under: StageUnderCheck): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { arn } of await findBackends(under)) {
    for (const { qualifier, document } of await under.home.resourcePolicies(arn)) {
      for (const { statement, id } of statementsWithIds(document)) {
        if (statement["Effect"] === "Deny") continue;
        findings.push({
          problem: `the resource policy of ${nameOf(arn)} lets ${principalsOf(statement).join(", ")} use it past the guard, and stays when the Function URL is locked again: ${inWords(statement)}`,
          mend: `aws lambda remove-permission --region ${under.region} --function-name ${nameOf(arn)} --statement-id ${shellWord(id)}${qualifier === undefined ? "" : ` --qualifier ${qualifier}`}`,
        });
      }
    }
  }
  return findings;
}

async function checkEnvironment(under: StageUnderCheck): Promise<readonly Finding[]> {
  const { Environment, FunctionName = "" } = await configurationOf(under);
  const role = await guardRoleOf(under);
  const revocation = backendRevocation(under.stage, parameterPrefix(under.app, under.stage.name));
  const expected: Readonly<Record<string, string>> = {
    [apiEnvironment.edgeAccount]: role.arn.split(":")[4] ?? "",
    [apiEnvironment.edgeRole]: role.name,
    [apiEnvironment.corsOrigins]: JSON.stringify(under.stage.corsOrigins),
    [apiEnvironment.streaming]: under.stage.streaming,
    ...(revocation && { [apiEnvironment.revocation]: JSON.stringify(revocation) }),
  };
  const wrong = Object.keys(expected).filter(
    (name) => Environment?.Variables?.[name] !== expected[name],
  );
  return unless(
    wrong.length === 0,
    `${FunctionName} is not told what this stage has in ${wrong.join(", ")}: it refuses the guard or believes another role, knows other origins, answers in another way or looks up no ended sign-in`,
    redeploy(under),
  );
}

function checkTrust({ name, trust }: Role, under: StageUnderCheck): readonly Finding[] {
  const actual = statementsIn(trust) ?? [];
  const expected = statementsIn(serviceTrust) ?? [];
  const strangers = actual
    .flatMap(principalsOf)
    .filter((principal) => principal !== "lambda.amazonaws.com");
  return unless(
    sameStatements(actual, expected),
    `${name}, the backend's role, may be assumed by ${strangers.join(", ") || "nobody, or under other conditions"}, not by Lambda alone (while \`sst dev\` has the stage, by the whole account)`,
    strangers.some((principal) => principal.endsWith(":root"))
      ? redeploy(under)
      : `aws iam update-assume-role-policy --role-name ${name} --policy-document ${shellWord(JSON.stringify(serviceTrust))}`,
  );
}

/** What the backend's code may do must not amount to being somebody else. */
async function checkPolicies(role: Role, under: StageUnderCheck): Promise<readonly Finding[]> {
  const guarded = await guardedOf(under);
  const findings: Finding[] = [];
  for (const [policy, document] of role.inline) {
    const why = dangerOf(document, guarded);
    if (why !== undefined)
      findings.push({
        problem: `${role.name}, the backend's role, ${why} by its policy ${policy}`,
        mend: `aws iam delete-role-policy --role-name ${role.name} --policy-name ${shellWord(policy)}`,
      });
  }
  for (const arn of role.attached) {
    const why = dangerOf(await under.managedPolicy(arn), guarded);
    if (why !== undefined)
      findings.push({
        problem: `${role.name}, the backend's role, ${why} by ${arn}`,
        mend: `aws iam detach-role-policy --role-name ${role.name} --policy-arn ${shellWord(arn)}`,
      });
  }
  return findings;
}

function dangerOf(document: string, guarded: readonly GuardedAction[]): string | undefined {
  const statements = statementsIn(document);
  if (statements === undefined) return "may do what cannot be read";
  const first = guarded.find(({ action, resource }) =>
    statements.some((statement) => mayAllow(statement, action, resource)),
  );
  if (first === undefined) return undefined;
  return `may ${first.action} on ${first.resource}, and so its code can ${first.danger},`;
}

async function guardedOf(under: StageUnderCheck): Promise<readonly GuardedAction[]> {
  const { app, stage, region, outputs } = under;
  const role = await guardRoleOf(under);
  const [, partition = "", , , account = ""] = role.arn.split(":");
  const guard = await under.guardInUse();
  const arn = (service: string, rest: string) =>
    `arn:${partition}:${service}:${region}:${account}:${rest}`;
  return guardedActionsOn({
    backends: (await findBackends(under)).map((backend) => backend.arn),
    guard: guard.kind === "live" ? guard.functionArn : "*",
    guardRole: role.arn,
    parameters: arn("ssm", `parameter${parameterPrefix(app, stage.name)}/*`),
    userPool: arn("cognito-idp", `userpool/${outputs.userPoolId}`),
    distribution: (await under.distribution()).arn,
  });
}

function nameOf(arn: string): string {
  return arn.split(":")[6] ?? arn;
}

function qualifierOf(arn: string | undefined): string {
  const qualifier = arn?.split(":")[7];
  return qualifier === undefined ? "" : ` --qualifier ${qualifier}`;
}
