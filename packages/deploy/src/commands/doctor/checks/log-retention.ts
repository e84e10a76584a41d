import type { LogGroup } from "@aws-sdk/client-cloudwatch-logs";
import { edgeRegions } from "@sst-gatehouse/blueprint/edge-regions";
import { guardLogGroup } from "@sst-gatehouse/blueprint/guard-function";

import { type Check, type Finding, unless } from "../check.ts";
import { redeploy, type StageUnderCheck } from "../stage-under-check.ts";
import { configurationOf } from "./backend.ts";

/** What the mends set, as the gate does for the backend. */
const retentionDays = 30;

/** No log is kept for ever. */
export function logRetentionChecks(under: StageUnderCheck): readonly Check[] {
  return [
    { id: "backend-log-retention", find: () => checkBackend(under) },
    {
      id: "guard-log-retention",
      find: async () =>
        (await guardLogGroups(under)).flatMap(({ region, group }) =>
          checkGroup(`the guard's log in ${region}`, region, group),
        ),
    },
  ];
}

/** The groups of the guard: one in each region where it has run. */
export async function guardLogGroups(
  under: StageUnderCheck,
): Promise<readonly { readonly region: string; readonly group: LogGroup }[]> {
  const name = guardLogGroup(under.app, under.stage.name);
  const found = await Promise.all(
    edgeRegions.map(async (region) => ({ region, group: await under.group(region, name) })),
  );
  return found.flatMap(({ region, group }) => (group === undefined ? [] : [{ region, group }]));
}

async function checkBackend(under: StageUnderCheck): Promise<readonly Finding[]> {
  const { LoggingConfig, FunctionName = "" } = await configurationOf(under);
  const name = LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`;
  const group = await under.group(under.region, name);
  if (group === undefined)
    return [
      {
        problem: `the backend's log group ${name} is gone; Lambda makes it anew, and then keeps everything for ever`,
        mend: redeploy(under),
      },
    ];
  return checkGroup("the backend's log", under.region, group);
}

function checkGroup(what: string, region: string, group: LogGroup): readonly Finding[] {
  return unless(
    (group.retentionInDays ?? 0) > 0,
    `${what} is kept for ever: ${group.logGroupName} has no retention`,
    `aws logs put-retention-policy --region ${region} --log-group-name ${group.logGroupName} --retention-in-days ${retentionDays}`,
  );
}
