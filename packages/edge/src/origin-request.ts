import type { Snapshot } from "@gatehouse/blueprint/snapshot";
import { GuardError } from "@gatehouse/core/errors";
import type { CloudFrontRequestEvent, CloudFrontRequestResult } from "aws-lambda";

import { fromCloudFrontEvent, toCloudFrontRequest, type OriginRequest } from "./cloudfront.ts";
import type { Guard } from "./guard.ts";
import { causeOf, type Log } from "./log.ts";
import { corsHeaders, isPreflight, preflightHeaders } from "./preflight.ts";
import { preflightAnswer, refusal, signInPath, signInRedirect, statusOf } from "./responses.ts";
import type { Settings } from "./settings.ts";
import { signInLocation } from "./sign-in.ts";

export interface OriginRequestDeps {
  readonly snapshot: Snapshot;
  readonly settings: Pick<Settings, "clients" | "ready" | "refreshWhenOld">;
  readonly keys: { refreshWhenOld(): void };
  readonly guard: Guard;
  readonly log: Log;
}

export type OriginRequestHandler = (
  event: CloudFrontRequestEvent,
) => Promise<CloudFrontRequestResult>;

/**
 * CloudFront's origin-request event in; the signed request, or an answer that explains the refusal, out. CloudFront
 * fetches: status, headers and streams of the backend never pass through here.
 */
export function createOriginRequest({
  snapshot,
  settings,
  keys,
  guard,
  log,
}: OriginRequestDeps): OriginRequestHandler {
  const hosts = [snapshot.functionUrlHost, ...(snapshot.otherFunctionUrlHosts ?? [])] as const;
  return async (event) => {
    let received: OriginRequest | undefined;
    try {
      received = fromCloudFrontEvent(event, hosts);
      const { requestId, http, request, clientIp } = received;
      const entry = { requestId, method: http.method };
      if (isPreflight(http)) {
        log({ ...entry, outcome: "preflight", status: 204 });
        return preflightAnswer(preflightHeaders(http.headers, snapshot.corsOrigins));
      }
      requireOwnOrigin(received);
      const loading = settings.ready();
      if (loading !== undefined) await loading;
      if (http.method === "GET" && http.path === signInPath) {
        const url = signInLocation(snapshot, settings.clients(), received.distributionDomainName);
        if (url !== undefined) {
          log({ ...entry, outcome: "sign_in", status: 302 });
          return signInRedirect(url);
        }
      }
      const admitted = await guard(http, clientIp);
      log({ ...entry, outcome: "forwarded", rule: admitted.rule, caller: admitted.caller.kind });
      return toCloudFrontRequest(request, admitted.request);
    } catch (error) {
      return refuse(error, received);
    } finally {
      // Started by this request, awaited by none; it may finish in a later one.
      settings.refreshWhenOld();
      keys.refreshWhenOld();
    }
  };

  function refuse(error: unknown, received: OriginRequest | undefined): CloudFrontRequestResult {
    const known =
      error instanceof GuardError
        ? error
        : new GuardError("settings_invalid", "The guard failed. Nothing was forwarded.", {
            cause: error,
          });
    const requestId = received?.requestId ?? "";
    log({
      requestId,
      method: received?.http.method ?? "",
      outcome: "refused",
      status: statusOf(known.code),
      code: known.code,
      detail: known.message,
      ...(known.cause === undefined ? {} : { cause: causeOf(known.cause) }),
    });
    return refusal(
      known,
      requestId,
      corsHeaders(received?.http.headers ?? {}, snapshot.corsOrigins),
    );
  }
}

/** Signs for baked hosts only: a distribution pointed elsewhere must not get a signature to play with. */
function requireOwnOrigin({ origin, http }: OriginRequest): void {
  if (origin?.domainName !== http.host || origin.path !== "") {
    throw new GuardError(
      "origin_unknown",
      "The distribution's origin is not a Function URL that this guard signs for.",
    );
  }
}
