import {
  ListTagsCommand,
  paginateListFunctions,
  paginateListVersionsByFunction,
  type FunctionConfiguration,
  type LambdaClient,
} from "@aws-sdk/client-lambda";

import type { CommandContext } from "../../command.ts";
import { nameOfFunction, stageOfGuard } from "./guard-name.ts";

/** A guard's function of some stage of the app, with every version that AWS keeps. */
export interface GuardFunction {
  readonly stage: string;
  readonly name: string;
  /** Without a version. */
  readonly arn: string;
  /** The published versions, oldest first. */
  readonly versions: readonly number[];
  /** When any of it was last changed, seconds since the epoch; `undefined` when AWS does not say. */
  readonly changedAt: number | undefined;
}

/** A function that is named like a guard of the app, but is not one or cannot be identified. */
export interface LookAlike {
  readonly name: string;
  readonly why: string;
}

/** Guards of all home regions are in one region, and their stages' parameters are not. */
const regionTag = "gatehouse:region";

/**
 * Finds the guards of an app. Name and tags must both say so: another app's name may begin with this one's, the same app
 * may live in another region of this account, and anybody may call a function what they like.
 *
 * @param app with its home region.
 * @param only a stage, or all.
 * @returns with the guards, the functions that look like one by name alone.
 */
export async function findGuardFunctions(
  lambda: LambdaClient,
  app: CommandContext["gate"]["app"],
  only: string | undefined,
): Promise<{ guards: readonly GuardFunction[]; lookAlikes: readonly LookAlike[] }> {
  const guards: GuardFunction[] = [];
  const lookAlikes: LookAlike[] = [];
  for (const { FunctionName: name = "", FunctionArn: arn = "" } of await listFunctions(lambda)) {
    const stage = stageOfGuard(app.name, name);
    if (stage === undefined || (only !== undefined && stage !== only)) continue;
    const { Tags = {} } = await lambda.send(new ListTagsCommand({ Resource: arn }));
    const tagged =
      Tags["sst:app"] === app.name && Tags["sst:stage"] === stage && nameOfFunction(arn) === name;
    if (!tagged)
      lookAlikes.push({ name, why: `named like a guard of ${app.name}, but without its tag` });
    else if (Tags[regionTag] !== app.region)
      lookAlikes.push({ name, why: `its tag ${regionTag} is not ${app.region}` });
    else guards.push({ stage, name, arn, ...describe(await listVersions(lambda, name)) });
  }
  return { guards: guards.toSorted((a, b) => (a.name < b.name ? -1 : 1)), lookAlikes };
}

async function listFunctions(client: LambdaClient): Promise<readonly FunctionConfiguration[]> {
  const found: FunctionConfiguration[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client }, {}))
    found.push(...Functions);
  return found;
}

/** All versions, with `$LATEST`, which cannot be deleted by itself and says when the function was changed. */
async function listVersions(
  client: LambdaClient,
  name: string,
): Promise<readonly FunctionConfiguration[]> {
  const found: FunctionConfiguration[] = [];
  const pages = paginateListVersionsByFunction({ client }, { FunctionName: name });
  for await (const { Versions = [] } of pages) found.push(...Versions);
  return found;
}

function describe(
  configurations: readonly FunctionConfiguration[],
): Pick<GuardFunction, "versions" | "changedAt"> {
  const versions = configurations
    .flatMap(({ Version = "" }) => (/^[1-9]\d{0,8}$/.test(Version) ? Number(Version) : []))
    .toSorted((a, b) => a - b);
  const times = configurations.map(({ LastModified = "" }) => Date.parse(LastModified) / 1000);
  const changedAt = Math.max(...times);
  return { versions, changedAt: Number.isFinite(changedAt) ? changedAt : undefined };
}
