import { hash } from "node:crypto";

import { notesOn } from "./caller-notes.ts";
import type { Caller } from "@sst-gatehouse/core/caller";
import type { ErrorCode } from "@sst-gatehouse/core/errors";
import type { VerifiedToken } from "@sst-gatehouse/core/verifier";
import type { RevocationsNotice } from "@sst-gatehouse/revocations/revocations";

/**
 * What one request leaves behind, as `docs/logs.schema.json` has it. The list is closed: no query, header, token or
 * address, and a path only where the stage asks for it, so nothing secret can get in by accident.
 */
export interface Decision {
  /** The `X-Amz-Cf-Id` that the viewer sees. */
  readonly requestId: string;
  /** 32 hex digits, and the 16 of the guard's own span. */
  readonly trace?: string | undefined;
  readonly span?: string | undefined;
  readonly method: string;
  /** Where the stage asks for it; without its query. */
  readonly path?: string | undefined;
  /** `session`: answered by the guard itself, for a browser or for a client that looks for the sign-in. */
  readonly outcome: "forwarded" | "refused" | "preflight" | "session";
  readonly status?: number | undefined;
  readonly code?: ErrorCode | `sign_in_${string}` | undefined;
  /** The access rule that decided; of an ambiguous path that of the path as it was sent. */
  readonly rule?: string | undefined;
  /** The reading of the path that decided. All have the same rule but for that of an ambiguous path. */
  readonly reading?: "as_sent" | "lower_case" | "rewritten" | undefined;
  /** The rule of that reading of an ambiguous path. */
  readonly otherRule?: string | undefined;
  readonly caller?: Caller["kind"] | undefined;
  /** {@link hashedId} of the caller. */
  readonly who?: string | undefined;
  readonly issuer?: string | undefined;
  /** Of the key that signed the token. */
  readonly kid?: string | undefined;
  /** Who looks up whether the sign-in was ended. */
  readonly listCheckedBy?: "guard" | "backend" | "nobody" | undefined;
  /** Milliseconds of each step, and of all together. */
  readonly ms?: Readonly<Partial<Record<Step | "total", number>>>;
  /** What the caller was told, too: our own sentence, which quotes nothing that was sent. */
  readonly detail?: string | undefined;
  /** The chain of error names and messages behind a refusal; ours and the libraries', never the caller's text. */
  readonly cause?: string | undefined;
  /** Where the stage asks for metrics: what CloudWatch counts, and by what. */
  readonly requests?: 1;
  readonly _aws?: object;
}

/** Taking the event apart; opening the session; finding the caller; applying the rules; signing. */
export type Step = "read" | "session" | "caller" | "rules" | "sign";

/** Something that happened in the background: a refresh that failed, say. */
export interface Notice {
  readonly notice:
    | "keys_refreshed"
    | "keys_refresh_failed"
    | "settings_refreshed"
    | "settings_refresh_failed"
    | RevocationsNotice["notice"]
    | "sign_out_unrevoked";
  readonly cause?: string;
}

export type Log = (entry: Decision | Notice) => void;

/** Lines of version 1. */
export function createLog(write: (line: string) => void): Log {
  return (entry) => write(`{"v":1,"by":"guard",${JSON.stringify(entry).slice(1)}`);
}

/** The first 16 hex digits of the SHA-256 of `<issuer> <sub>`: one person has one, and it is no name. */
export function hashedId({
  caller,
  issuer,
  sub,
}: Pick<VerifiedToken, "caller" | "issuer" | "sub">): string {
  return (notesOn(caller).hashedId ??= hash("sha256", `${issuer} ${sub}`).slice(0, 16));
}

export interface Steps {
  /** Ends a step. */
  readonly end: (step: Step) => void;
  /** How long each took that has ended, and all until now. */
  readonly ms: () => NonNullable<Decision["ms"]>;
}

/** @param elapsed milliseconds since whenever. */
export function startSteps(elapsed: () => number): Steps {
  const began = elapsed();
  const ended: Partial<Record<Step, number>> = {};
  let last = began;
  const since = (from: number, to: number) => Math.round((to - from) * 100) / 100;
  return {
    end(step) {
      const at = elapsed();
      ended[step] = since(last, at);
      last = at;
    },
    ms: () => ({ ...ended, total: since(began, elapsed()) }),
  };
}

/**
 * Has CloudWatch count a decision in its embedded metric format, by each of three dimensions alone: as many metrics as
 * there are outcomes, codes and rules, and no product of them.
 *
 * @param now whole seconds since the epoch.
 */
export function metricsOf(
  decision: Pick<Decision, "outcome" | "code" | "rule">,
  namespace: string,
  now: number,
): Pick<Decision, "requests" | "_aws"> {
  const dimensions = (["outcome", "code", "rule"] as const).filter((name) => decision[name]);
  return {
    requests: 1,
    _aws: {
      Timestamp: now * 1000,
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: dimensions.map((name) => [name]),
          Metrics: [{ Name: "requests", Unit: "Count" }],
        },
      ],
    },
  };
}
