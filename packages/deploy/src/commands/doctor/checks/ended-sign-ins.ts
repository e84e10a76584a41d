import { longestTokenLifeSeconds } from "@sst-gatehouse/blueprint/app-clients";
import { guardLogGroup } from "@sst-gatehouse/blueprint/guard-function";
import { messageOf } from "@sst-gatehouse/blueprint/message-of";
import { parameterNames, parameterPrefix } from "@sst-gatehouse/blueprint/parameters";
import {
  parseRevocationPage,
  parseRevocations,
  revocationPageNames,
  type Revocations,
} from "@sst-gatehouse/blueprint/revocations";

import { type Check, type Finding, unless } from "../check.ts";
import { redeploy, type StageUnderCheck } from "../stage-under-check.ts";
import { configurationOf } from "./backend.ts";
import { guardLogGroups } from "./log-retention.ts";

/** How far back the logs are searched. */
const searchedSeconds = 600;

/** A list is asked for again at the age of 40 seconds at the earliest, and may be 60 seconds old. */
const slackSeconds = 20;

/** The list of ended sign-ins: there, as it was written, and read by the guards in time. */
export function endedSignInChecks(under: StageUnderCheck): readonly Check[] {
  if (under.stage.revocation === "off") return [];
  const name = `${parameterPrefix(under.app, under.stage.name)}/${parameterNames.revoked}`;
  return [
    { id: "list-there", find: () => checkThere(name, under) },
    { id: "list-kept", find: () => checkKept(name, under) },
    { id: "list-age", find: () => checkAge(under) },
  ];
}

async function checkThere(name: string, under: StageUnderCheck): Promise<readonly Finding[]> {
  const found = await under.parameter(name);
  if (found === undefined)
    return [
      {
        problem: `there is no parameter ${name}, the list of ended sign-ins: ${under.stage.revocation === "refuse" ? "every request with a token gets 503" : "nobody who was signed out is refused"}`,
        mend: redeploy(under),
      },
    ];
  if (found.Type !== "String")
    return [
      {
        problem: `${name} is a ${found.Type}, and the guard may not decrypt: it counts as missing`,
        mend: `aws ssm delete-parameter --region ${under.region} --name ${name}\n${redeploy(under)}\nnpx gatehouse users revoke --everybody --stage ${under.stage.name}`,
      },
    ];
  try {
    await loadList(name, under);
    return [];
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return [
      {
        problem: `${name} is not a list that the guard reads: ${messageOf(error)}. It counts as missing`,
        mend: `npx gatehouse users revoke --everybody --stage ${under.stage.name}`,
      },
    ];
  }
}

/** The whole list; in further parameters where one is not enough. @throws {TypeError} for one that the guard would not take. */
async function loadList(name: string, under: StageUnderCheck): Promise<Revocations> {
  const found = await Promise.all(revocationPageNames(name).map((page) => under.parameter(page)));
  return parseRevocations(
    found.map((parameter) => parameter?.Value),
    under.now(),
  );
}

/** Whether every ended sign-in of an earlier version still counts: a list that was written anew lets people in again. */
async function checkKept(name: string, under: StageUnderCheck): Promise<readonly Finding[]> {
  const now = under.now();
  const current = await loadList(name, under).catch((error: unknown) => {
    if (error instanceof TypeError) return undefined;
    throw error;
  });
  if (current === undefined) return []; // `list-there` says so
  const findings: Finding[] = [];
  for (const page of revocationPageNames(name)) {
    if ((await under.parameter(page)) === undefined) continue;
    const versions = (await under.history(page)).toSorted(
      (a, b) => (a.Version ?? 0) - (b.Version ?? 0),
    );
    const lost = versions.filter(({ Value }) => {
      const list = orUndefined(() => parseRevocationPage(Value ?? "", now));
      return list !== undefined && !holdsAll(current, list, now - longestTokenLifeSeconds);
    });
    findings.push(
      ...unless(
        lost.length === 0,
        `${page} was overwritten: version ${lost.map(({ Version }) => Version).join(", ")} named sign-ins that were ended, and the present list does not. Who was signed out then may be in again`,
        `npx gatehouse users revoke --everybody --stage ${under.stage.name}`,
      ),
    );
  }
  return findings;
}

/** @param oldest entries up to this time count no more: no token is that old. */
function holdsAll(current: Revocations, earlier: Revocations, oldest: number): boolean {
  const gone = (time: number, now: number) => time > oldest && now < time;
  return (
    !gone(earlier.everybody, current.everybody) &&
    [...earlier.users].every(
      ([sub, time]) => !gone(time, Math.max(current.everybody, current.users.get(sub) ?? 0)),
    )
  );
}

/** Whether somebody decides by a list that is older than a minute: the logs tell who could not read a newer one. */
async function checkAge(under: StageUnderCheck): Promise<readonly Finding[]> {
  const since = (under.now() - searchedSeconds) * 1000;
  const { LoggingConfig } = await configurationOf(under);
  const guardGroup = guardLogGroup(under.app, under.stage.name);
  const places = [
    ...(await guardLogGroups(under)).map(({ region }) => ({
      region,
      group: guardGroup,
      who: "the guard",
    })),
    ...(LoggingConfig?.LogGroup !== undefined &&
    (await under.group(under.region, LoggingConfig.LogGroup)) !== undefined
      ? [{ region: under.region, group: LoggingConfig.LogGroup, who: "the backend" }]
      : []),
  ];
  const findings: Finding[] = [];
  for (const { region, group, who } of places) {
    const lines = await under.lines({ region, group }, ["revocations_refresh_failed"], since);
    const spans = new Map<string, { from: number; to: number }>();
    for (const { logStreamName = "", timestamp = 0 } of lines) {
      const { from = timestamp, to = timestamp } = spans.get(logStreamName) ?? {};
      spans.set(logStreamName, { from: Math.min(from, timestamp), to: Math.max(to, timestamp) });
    }
    const late = [...spans.values()].filter(({ from, to }) => to - from >= slackSeconds * 1000);
    if (late.length === 0) continue;
    const last = new Date(Math.max(...late.map(({ to }) => to))).toISOString();
    findings.push({
      problem: `${who} in ${region} could not read the list of ended sign-ins for longer than a list may be old, last at ${last}: ${under.stage.revocation === "refuse" ? "requests with a token get 503 there" : "who was signed out is let in there"}`,
      mend: `aws logs filter-log-events --region ${region} --log-group-name ${group} --start-time ${since} --filter-pattern revocations_refresh_failed`,
    });
  }
  return findings;
}

function orUndefined<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
