import type { Caller } from "@sst-gatehouse/core/caller";
import type { ErrorCode } from "@sst-gatehouse/core/errors";
import type { RevocationsNotice } from "@sst-gatehouse/revocations/revocations";

/**
 * What one decision leaves behind. The list is closed: no path, query, header, token or address, so nothing secret can
 * get in by accident.
 */
export interface Decision {
  readonly requestId: string;
  readonly method: string;
  /** `session`: answered by the guard itself, for a browser or for a client that looks for the sign-in. */
  readonly outcome: "forwarded" | "refused" | "preflight" | "session";
  readonly status?: number;
  readonly code?: ErrorCode | `sign_in_${string}`;
  readonly rule?: string;
  readonly caller?: Caller["kind"];
  /** What the caller was told, too: our own sentence, which quotes nothing that was sent. */
  readonly detail?: string;
  /** The chain of error names and messages behind a refusal; ours and the libraries', never the caller's text. */
  readonly cause?: string;
}

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

export function createLog(write: (line: string) => void): Log {
  return (entry) => write(JSON.stringify(entry));
}
