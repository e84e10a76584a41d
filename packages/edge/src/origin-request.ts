import { allowedMethods } from "@sst-gatehouse/blueprint/cache-behavior";
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import { type AccessRules, takesOwnAuthorization } from "@sst-gatehouse/core/access";
import { isEdgeRoute } from "@sst-gatehouse/core/edge-routes";
import { causeOf, GuardError, isGuardError } from "@sst-gatehouse/core/errors";
import type { HttpRequest } from "@sst-gatehouse/core/http-request";
import type { CloudFrontRequestEvent, CloudFrontRequestResult } from "aws-lambda";

import { fromCloudFrontEvent, toCloudFrontRequest, type OriginRequest } from "./http/cloudfront.ts";
import type { Asked, Guard } from "./guard.ts";
import type { Identified, Identify } from "./identify.ts";
import { type Log, startSteps } from "./log.ts";
import { isNavigation } from "./http/navigation.ts";
import { isPreflight } from "./http/preflight.ts";
import { checksItself, createRecord, type Recorded } from "./record.ts";
import type { ProtectedResource } from "./resource.ts";
import type { Opened, Visit } from "./session/open-session.ts";
import type { SessionAnswer, Sessions } from "./session/sessions.ts";
import type { ClientIdSource } from "./trust/client-ids.ts";

export interface OriginRequestDeps {
  readonly settings: GuardSettings;
  readonly clientIds: Pick<ClientIdSource, "clients" | "ready" | "refreshWhenOld">;
  readonly keys: { refreshWhenOld(): void };
  readonly identify: Identify;
  /** The rules may leave `Authorization` to backends. */
  readonly access: AccessRules;
  readonly guard: Guard;
  /** The browser half, loaded when it is asked for. */
  readonly sessions: () => Sessions;
  /** Loaded when it is asked for; undefined where the access rules declare none. */
  readonly resource: () => ProtectedResource | undefined;
  readonly responses: () => Responses;
  /** Whole seconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds since whenever. */
  readonly elapsed: () => number;
  readonly log: Log;
}

/** The guard's own answers, and what else is rare, in a file that is loaded with the first of them. */
export type Responses = Pick<
  typeof import("./responses.ts"),
  | "answer"
  | "corsHeaders"
  | "decidingRule"
  | "preflightHeaders"
  | "readOwnAuthorization"
  | "refusal"
  | "statusOf"
  | "withHeaders"
>;

/** A request, and what is its app's own. */
interface Received extends OriginRequest, Visit {}

/** As far as it has come. */
interface About extends Recorded {
  readonly received: Received | undefined;
}

export type OriginRequestHandler = (
  event: CloudFrontRequestEvent,
) => Promise<CloudFrontRequestResult>;

/**
 * CloudFront's origin-request event in; the signed request, or an answer that explains the refusal, out. CloudFront
 * fetches: status, headers and streams of the backend never pass through here.
 */
export function createOriginRequest({
  settings,
  clientIds,
  keys,
  identify,
  access,
  guard,
  sessions,
  resource,
  responses,
  now,
  elapsed,
  log,
}: OriginRequestDeps): OriginRequestHandler {
  const { functionUrlHost, otherFunctionUrlHosts = [], site } = settings;
  const hosts = [functionUrlHost, ...otherFunctionUrlHosts, ...(site ? [site.host] : [])] as const;
  const record = createRecord(settings, now, log);
  return async (event) => {
    const steps = startSteps(elapsed);
    let received: Received | undefined;
    let opened: Opened | undefined;
    let who: Identified | undefined;
    try {
      const arrived = fromCloudFrontEvent(event, hosts);
      received = Object.assign(arrived, { origins: ownOrigins(arrived) });
      const { http, request, clientIp, trace, readings, origins } = received;
      const own = resource()?.answer(received);
      if (own !== undefined) return answered({ received, steps }, own);
      if (isPreflight(http)) {
        record({ received, steps }, { outcome: "preflight", status: 204 });
        const { answer, preflightHeaders } = responses();
        return answer(204, undefined, preflightHeaders(http.headers, settings));
      }
      requireOwnOrigin(received);
      const loading = clientIds.ready();
      if (loading !== undefined) await loading;
      steps.end("read");
      if (isEdgeRoute(http.path, readings))
        return answered({ received, steps }, await sessions().answer(received));
      if (mayHoldSession(http)) {
        const found = await sessions().open(received);
        steps.end("session");
        if ("response" in found) return answered({ received, steps }, found);
        opened = found;
      }
      requireServedMethod(http);
      const backendChecks = checksItself(settings, http.host);
      const [origin] = origins;
      const asked = {
        http: opened?.http ?? http,
        clientIp,
        readings,
        trace,
        steps,
        backendChecks,
        origin,
      };
      who = ownAuthorization(asked) ?? opened?.identified ?? (await identify(asked.http));
      steps.end("caller");
      resource()?.require(asked, who);
      const { rule, ...admitted } = await guard(asked, who);
      steps.end("sign");
      record({ received, who, steps }, { outcome: "forwarded", rule, reading: "as_sent" });
      return toCloudFrontRequest(request, admitted.request);
    } catch (error) {
      return refuse(error, { received, who, steps }, opened);
    } finally {
      // Started by this request, awaited by none; it may finish in a later one.
      clientIds.refreshWhenOld();
      keys.refreshWhenOld();
    }
  };

  /** At the paths of senders that bring credentials of their own, nobody reads these as a token. */
  function ownAuthorization({ http, readings }: Asked): Identified | undefined {
    const { method, path, headers } = http;
    const { authorization: lines } = headers;
    if (lines === undefined || !takesOwnAuthorization(access, { method, path, readings }))
      return undefined;
    const handedOn = responses().readOwnAuthorization(lines, settings.issuers);
    return {
      caller: { kind: "anonymous" },
      ...(handedOn !== undefined && { ownAuthorization: handedOn }),
    };
  }

  /**
   * Baked, or the distribution that CloudFront itself names; never a header. Of a laptop's, which speak http, the one that was
   * asked: each is as foreign to the other as any site.
   */
  function ownOrigins({ distributionDomainName }: OriginRequest): Received["origins"] {
    const { appOrigins = [] } = settings;
    const asked = `http://${distributionDomainName}`;
    const [first, ...others] = appOrigins.includes(asked) ? [asked] : appOrigins;
    return [first ?? `https://${distributionDomainName}`, ...others];
  }

  function answered(
    about: About & { readonly received: Received },
    { response, code, cause }: SessionAnswer,
  ): CloudFrontRequestResult {
    record(about, {
      outcome: "session",
      status: Number(response.status),
      ...(code === undefined ? {} : { code }),
      ...(cause === undefined ? {} : { cause: causeOf(cause) }),
    });
    const { corsHeaders, withHeaders } = responses();
    const { headers } = about.received.http;
    return withHeaders(response, corsHeaders(headers, settings.corsOrigins));
  }

  function refuse(
    error: unknown,
    about: About,
    opened: Opened | undefined,
  ): CloudFrontRequestResult {
    const known = isGuardError(error)
      ? error
      : new GuardError("settings_invalid", "The guard failed. Nothing was forwarded.", {
          cause: error,
        });
    const { corsHeaders, decidingRule, refusal, statusOf, withHeaders } = responses();
    const { received } = about;
    const requestId = received?.requestId ?? "";
    const forBrowser = refuseBrowser(known, received, opened);
    const cause = forBrowser?.cause ?? known.cause;
    record(about, {
      outcome: "refused",
      status: Number(forBrowser?.response.status ?? statusOf(known.code)),
      code: forBrowser?.code ?? known.code,
      ...(received && decidingRule(known.code, access, received)),
      detail: known.message,
      ...(cause === undefined ? {} : { cause: causeOf(cause) }),
    });
    const cors = corsHeaders(received?.http.headers ?? {}, settings.corsOrigins);
    const response =
      forBrowser === undefined
        ? refusal(known, requestId, cors)
        : withHeaders(forBrowser.response, cors);
    return (received && resource()?.challenged(response, known, received)) ?? response;
  }

  function refuseBrowser(
    error: GuardError,
    received: Received | undefined,
    opened: Opened | undefined,
  ): SessionAnswer | undefined {
    if (received === undefined || (opened === undefined && !isNavigation(received.http)))
      return undefined;
    try {
      return sessions().refuse(error, received, opened);
    } catch {
      return undefined; // refused all the same, as every client is
    }
  }
}

/** Cookies whose name may hold ours in any spelling. Everything else about them is for the file that sessions are in. */
function mayHoldSession({ headers }: HttpRequest): boolean {
  return headers["cookie"]?.some((line) => /gatehouse|[^\x20-\x7e]/i.test(line)) ?? false;
}

function requireServedMethod({ method }: HttpRequest): void {
  if (allowedMethods.includes(method)) return;
  throw new GuardError("method_not_allowed", "This method is not served here.");
}

/** Goes on to baked hosts only: a distribution pointed elsewhere must not get a signature to play with. */
function requireOwnOrigin({ origin, http }: OriginRequest): void {
  if (origin?.domainName !== http.host || origin.path !== "") {
    throw new GuardError(
      "origin_unknown",
      "The distribution's origin is no Function URL or bucket of this app.",
    );
  }
}
