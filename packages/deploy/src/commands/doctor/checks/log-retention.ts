import type { LogGroup } from "@aws-sdk/client-cloudwatch-logs";
import { guardLogGroup } from "@sst-gatehouse/blueprint/guard-function";

import { type Check, type Finding, unless } from "../check.ts";
import { redeploy, type StageUnderCheck } from "../stage-under-check.ts";
import { configurationOf } from "./backend.ts";

/**
 * Where Lambda@Edge runs: the regions of CloudFront's regional edge caches. A guard logs in the one that is nearest to
 * the viewer.
 *
 * @see https://aws.amazon.com/cloudfront/features/
 */
const edgeRegions = [
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-south-1",
  "ap-southeast-1",
  "ap-southeast-2",
  "eu-central-1",
  "eu-west-1",
  "eu-west-2",
  "sa-east-1",
];

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
