import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";

import type { OriginRequest } from "./http/cloudfront.ts";
import type { Identified } from "./identify.ts";
import { type Decision, hashedId, type Log, metricsOf, type Steps } from "./log.ts";

/** What a line of the log is about. */
export interface Recorded {
  readonly received: OriginRequest | undefined;
  readonly who?: Identified | undefined;
  readonly steps: Pick<Steps, "ms">;
}

/** What came of it. */
export type Said = Pick<
  Decision,
  "outcome" | "status" | "code" | "rule" | "reading" | "otherRule" | "detail" | "cause"
>;

/** Logs the one line of a request. @param now whole seconds since the epoch. */
export function createRecord(
  settings: GuardSettings,
  now: () => number,
  log: Log,
): (about: Recorded, said: Said) => void {
  return ({ received, who, steps }, said) => {
    const { requestId = "", http, trace } = received ?? {};
    const { caller, token } = who ?? {};
    // Every member each time: objects of one shape are written quickly, and what is undefined is not written.
    log({
      requestId,
      trace: trace?.traceId,
      span: trace?.spanId,
      method: http?.method ?? "",
      path: settings.logPaths ? http?.path : undefined,
      outcome: said.outcome,
      status: said.status,
      code: said.code,
      rule: said.rule,
      reading: said.reading,
      otherRule: said.otherRule,
      detail: said.detail,
      cause: said.cause,
      caller: caller?.kind,
      who: token && hashedId(token),
      issuer: token?.issuer,
      kid: token?.kid,
      listCheckedBy: token && listCheckedBy(settings, http?.host),
      ms: steps.ms(),
      ...(settings.metrics && metricsOf(said, settings.prefix.slice(1), now())),
    });
  };
}

/** Whether a request's backend looks up by itself if a sign-in was ended: the app's own, where the stage says so. */
export function checksItself(
  { functionUrlHost, revocation }: GuardSettings,
  host: string,
): boolean {
  return revocation.mode === "on" && revocation.checkedBy === "backend" && host === functionUrlHost;
}

function listCheckedBy(settings: GuardSettings, host = ""): NonNullable<Decision["listCheckedBy"]> {
  if (settings.revocation.mode === "off") return "nobody";
  return checksItself(settings, host) ? "backend" : "guard";
}
