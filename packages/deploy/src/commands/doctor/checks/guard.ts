import { guardFunction, guardLogGroup } from "@sst-gatehouse/blueprint/guard-function";
import { nodeRuntime } from "@sst-gatehouse/blueprint/node-runtime";

import { guardedActionsOn } from "../../../review/rules/facts/guarded-actions.ts";
import { mayAllow } from "../../../review/rules/facts/policies.ts";
import { shellWord } from "../../shell-word.ts";
import { type Check, type Finding, Unread, unless } from "../check.ts";
import { inWords, principalsOf, statementsWithIds } from "../policy-statements.ts";
import { guardRoleOf, redeploy, type StageUnderCheck } from "../stage-under-check.ts";

/** Lambda@Edge puts this service into the version's own policy, so that it can copy the code to the edge. */
const replicator = "replicator.lambda.amazonaws.com";

/** The guard's function and the version of it that the stage uses. */
export function guardChecks(under: StageUnderCheck): readonly Check[] {
  return [
    { id: "guard-version", find: () => checkVersion(under) },
    { id: "guard-settings", find: () => checkSettings(under) },
    { id: "guard-callers", find: () => checkCallers(under) },
  ];
}

/**
 * The version that the last deploy wrote down.
 *
 * @throws {Unread} (rejects) when nothing says which.
 */
export async function guardInUse(under: StageUnderCheck) {
  const guard = await under.guardInUse();
  if (guard.kind === "live")
    return { ...guard, qualified: `${guard.functionArn}:${guard.version}` };
  const why =
    guard.kind === "unclear" ? guard.why : "the parameter that names the guard's version is gone";
  throw new Unread(
    `it is not known which version of the guard the stage uses: ${why}`,
    redeploy(under),
  );
}

async function checkVersion(under: StageUnderCheck): Promise<readonly Finding[]> {
  const { functionArn, version } = await guardInUse(under);
  const versions = await under.edge.versions(functionArn);
  const newest = Math.max(...versions);
  return [
    ...unless(
      versions.includes(version),
      `version ${version} of the guard, which the stage uses, does not exist in this account`,
      redeploy(under),
    ),
    ...unless(
      !(newest > version),
      `version ${newest} of the guard is published, but the stage uses ${version}: a deploy is running, or has failed`,
      `npx sst deploy --stage ${under.stage.name}`,
    ),
  ];
}

/** Of SST 3 and of SST 4. */
const runtimes = [false, true].map((takesNode24) => nodeRuntime({ takesNode24 }));

async function checkSettings(under: StageUnderCheck): Promise<readonly Finding[]> {
  const { app, stage } = under;
  const { qualified } = await guardInUse(under);
  const found = await under.edge.configuration(qualified);
  if (found === undefined) return [{ problem: `there is no ${qualified}`, mend: redeploy(under) }];
  const role = await guardRoleOf(under);
  const logGroup = guardLogGroup(app, stage.name);
  const wrong = [
    // Lambda may put an idle function to sleep; that of the replicas is another matter.
    ...(found.State === "Active" || found.State === "Inactive"
      ? []
      : [`is ${found.State}, not Active`]),
    ...(found.Role === role.arn
      ? []
      : [`runs as ${found.Role}, whom the backend does not believe`]),
    ...(runtimes.some((runtime) => runtime === found.Runtime) ? [] : [`runs on ${found.Runtime}`]),
    ...(found.Handler === guardFunction.handler ? [] : [`has the handler ${found.Handler}`]),
    ...(found.MemorySize === guardFunction.memoryMb
      ? []
      : [`has ${found.MemorySize} MB of memory`]),
    ...(found.Timeout === guardFunction.timeoutSeconds
      ? []
      : [`may take ${found.Timeout} seconds`]),
    ...((found.Layers ?? []).length === 0 ? [] : ["has layers, which run before it"]),
    ...(found.LoggingConfig?.LogGroup === logGroup
      ? []
      : [`does not log to ${logGroup}, the only group its role may write to`]),
  ];
  return unless(wrong.length === 0, `the guard ${wrong.join("; ")}`, redeploy(under));
}

/** CloudFront needs no permission to call the guard; whoever has one gets signed what they make up. */
async function checkCallers(under: StageUnderCheck): Promise<readonly Finding[]> {
  const { functionArn, version } = await guardInUse(under);
  const name = functionArn.split(":")[6] ?? "";
  const dangers = guardedActionsOn({
    backends: [],
    guard: functionArn,
    guardRole: "",
    parameters: "",
    userPool: "",
    distribution: "",
  });
  const urls = await under.edge.urls(functionArn);
  const findings: Finding[] = urls.map(({ FunctionUrl }) => ({
    problem: `the guard has a Function URL, ${FunctionUrl}: it signs what arrives there as if CloudFront had sent it`,
    mend: `aws lambda delete-function-url-config --region ${guardFunction.region} --function-name ${name}`,
  }));
  for (const { qualifier, document } of await under.edge.resourcePolicies(
    functionArn,
    String(version),
  )) {
    for (const { statement, id } of statementsWithIds(document)) {
      if (statement["Effect"] === "Deny") continue;
      const principals = principalsOf(statement);
      const dangerous = dangers.some(({ action, resource }) =>
        mayAllow(statement, action, resource),
      );
      if (!dangerous && principals.every((principal) => principal === replicator)) continue;
      findings.push({
        problem: `the resource policy of the guard lets ${principals.join(", ")} use it without CloudFront: ${inWords(statement)}`,
        mend: `aws lambda remove-permission --region ${guardFunction.region} --function-name ${name} --statement-id ${shellWord(id)}${qualifier === undefined ? "" : ` --qualifier ${qualifier}`}`,
      });
    }
  }
  return findings;
}
