import { causeOf } from "@sst-gatehouse/core/errors";
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import type { SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";
import type { AccessRules } from "@sst-gatehouse/core/access";
import { createSigner, type Credentials } from "@sst-gatehouse/core/signer";
import { createVerifiedTokens } from "@sst-gatehouse/core/verified-tokens";
import type { VerifiedToken } from "@sst-gatehouse/core/verifier";

import type { RequireValid } from "@sst-gatehouse/revocations/revocations";

import { createGuard } from "./guard.ts";
import { createIdentify, type VerifyToken } from "./identify.ts";
import type { Log } from "./log.ts";
import { once } from "./once.ts";
import {
  createOriginRequest,
  type OriginRequestHandler,
  type Responses,
} from "./origin-request.ts";
import { checksItself } from "./record.ts";
import { bakedClientIds, isBaked } from "./trust/baked-client-ids.ts";
import { createCurrentVerifier } from "./trust/current-verifier.ts";
import { createKeySet } from "./trust/key-set.ts";

/** Of verified tokens that are remembered at once: some 3,000 as Cognito makes them, 340 of the largest. */
const rememberedBytes = 4_000_000;

/** What the guard loads only when it is needed. */
export interface LazyFiles {
  /** When the guard answers itself. Most requests go on, and need none of its sentences. */
  readonly responses: () => Responses;
  /** When a key is unknown or a day old; `node:https` alone costs more than verifying a token. */
  readonly network: () => Pick<typeof import("./trust/fetch-key-set.ts"), "fetchJson">;
  /** When settings are not baked; the SDK is in there. */
  readonly parameterStore: () => Pick<
    typeof import("./trust/parameters.ts"),
    "createClientIds" | "loadParameters"
  >;
  /** When a sign-in is to be looked up in the stage's list of ended ones; brings `node:https`. */
  readonly stageRevocations: () => Pick<
    typeof import("./trust/stage-revocations.ts"),
    "openRevocations"
  >;
  /** When a browser comes with a session, or for one, or for a file; API clients need it only to be told why headers are too large. */
  readonly browserHalf: () => Pick<
    typeof import("./session/sessions.ts"),
    "createSessions" | "fileRequest" | "headersTooLarge"
  >;
  /** Where the access rules declare a resource. */
  readonly protectedResource: () => Pick<typeof import("./resource.ts"), "createProtectedResource">;
}

export interface GuardParts {
  readonly settings: GuardSettings;
  readonly access: AccessRules;
  readonly sealing: SealingKeys;
  /** Whole seconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds since whenever, to time steps by. */
  readonly elapsed: () => number;
  readonly log: Log;
  /** Of the edge role; asked for each request, because an environment can live longer than its first credentials. */
  readonly credentials: () => Credentials;
  readonly files: LazyFiles;
}

/**
 * Puts the guard together. The one place where that is done: on Lambda, and in every test.
 *
 * @throws {TypeError} for issuers, keys or clients that cannot be trusted.
 */
export function composeGuard({
  settings,
  access,
  sealing,
  now,
  elapsed,
  log,
  credentials,
  files,
}: GuardParts): OriginRequestHandler {
  const { region, prefix, issuers, revocation, signIn, site } = settings;
  const keys = createKeySet(settings.jwks, {
    fetch: () => files.network().fetchJson(`${issuers[0]}/.well-known/jwks.json`),
    now,
    log,
  });
  const signForSsm = createSigner({ credentials, now, api: { service: "ssm", region } });
  const list =
    revocation.mode === "off"
      ? undefined
      : once(() =>
          files.stageRevocations().openRevocations(settings, revocation, {
            sign: signForSsm,
            now,
            log,
          }),
        );
  // Opened for the first good token: a crowd of strangers, who make many containers, makes nobody read it.
  const requireValid: RequireValid = async (token) => list?.()(token);
  const unlessEnded = async (verified: ReturnType<VerifyToken>): Promise<VerifiedToken> => {
    const token = await verified;
    await requireValid(token);
    return token;
  };
  const clientIds = isBaked(settings)
    ? bakedClientIds(settings.clients)
    : files.parameterStore().createClientIds(settings, {
        loadParameters: (names) =>
          files.parameterStore().loadParameters(region, prefix, names, credentials),
        adoptKeys: keys.adopt,
        now,
        log,
      });
  const resource = once(
    () => access.resource && files.protectedResource().createProtectedResource(access, settings),
  );
  const { verify, generation } = createCurrentVerifier({
    issuers,
    clientIds,
    clientOf: (clientId) => resource()?.clientOf(clientId),
    claims: access.claims,
    keys,
    now,
  });
  const tokens = createVerifiedTokens({ verify, generation, now, capacityBytes: rememberedBytes });
  const verifyToken: VerifyToken = (text, request) => {
    const token = tokens.verify(text);
    return list === undefined || checksItself(settings, request.host) ? token : unlessEnded(token);
  };
  const identify = createIdentify(verifyToken);
  return createOriginRequest({
    settings,
    clientIds,
    keys,
    identify,
    access,
    guard: createGuard({
      sign: createSigner({ credentials, now }),
      access,
      fileRequest: (request) =>
        request.host === site?.host
          ? files.browserHalf().fileRequest(request, site.fallback)
          : undefined,
      forwardToken: settings.forwardToken,
      forwardCookies: settings.forwardCookies,
      originHeaderBytes: settings.originHeaderBytes,
      headersTooLarge: (...refused) => files.browserHalf().headersTooLarge(...refused),
      // Only a backend that was built for claims has rules with claims, and it reads version 2.
      callerVersion: access.claims ? 2 : (settings.callerVersion ?? 1),
    }),
    sessions: once(() =>
      files.browserHalf().createSessions({
        signIn,
        clients: () => clientIds.clients(),
        identify,
        verifyToken,
        verify,
        requireUnbound: (token) => resource()?.requireUnbound(token),
        requireValid,
        keepsIdToken: access.claims !== undefined,
        now,
        sealing,
        parameters: { region, prefix, sign: signForSsm },
        onUnrevoked: (error) => log({ notice: "sign_out_unrevoked", cause: causeOf(error) }),
      }),
    ),
    resource,
    responses: files.responses,
    now,
    elapsed,
    log,
  });
}
