import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import { GuardError } from "@sst-gatehouse/core/errors";
import { createSigner, type Credentials } from "@sst-gatehouse/core/signer";
import { createVerifiedTokens } from "@sst-gatehouse/core/verified-tokens";
import type { VerifiedToken } from "@sst-gatehouse/core/verifier";

import { access } from "../../../access.ts";
import { bakedSettings } from "./trust/baked-client-ids.ts";
import { createCurrentVerifier } from "./trust/current-verifier.ts";
import { createGuard } from "./guard.ts";
import { createIdentify } from "./identify.ts";
import { createKeySet } from "./trust/key-set.ts";
import { causeOf, createLog } from "./log.ts";
import { NativeSha256 } from "./native-sha256.ts";
import { createOriginRequest, type OriginRequestHandler } from "./origin-request.ts";
import { refusal } from "./responses.ts";
import type { Revocations } from "./trust/revocations.ts";
import type { Sessions } from "./session/sessions.ts";
import { signInClientId } from "./trust/sign-in-client.ts";

/** Verified tokens remembered at once. An entry is about 1 KB, so this is a few megabytes at most. */
const rememberedTokens = 2000;

/** One line on stdout, which Lambda takes to CloudWatch as it is. */
const log = createLog((line) => process.stdout.write(`${line}\n`));

export const handler: OriginRequestHandler = build();

// Refusals are errors, and the log names them without a stack: taking one costs more than judging a bad token.
Error.stackTraceLimit = 0;

/** Once per container. Settings that cannot be read refuse every request, and say so. */
function build(): OriginRequestHandler {
  try {
    const snapshot: GuardSettings = require("./settings.json");
    requireWhole(snapshot);
    const now = (): number => Math.floor(Date.now() / 1000);
    const keys = createKeySet(snapshot.jwks, {
      fetch: () => network().fetchJson(`${snapshot.issuers[0]}/.well-known/jwks.json`),
      now,
      log,
    });
    const revocations = revocationsOf(snapshot, now);
    const settings =
      snapshot.clients !== undefined && snapshot.jwks !== undefined
        ? bakedSettings(snapshot.clients)
        : parameterStore().createSettings(snapshot, {
            loadParameters: () =>
              parameterStore().loadParameters(snapshot.region, snapshot.prefix, credentials),
            adoptKeys: keys.adopt,
            adoptRevocations: (text, askedAt) => revocations?.adopt(text, askedAt),
            now,
            log,
          });
    const verify = createCurrentVerifier({ issuers: snapshot.issuers, settings, keys, now });
    const tokens = createVerifiedTokens({
      verify: (token) => verify(token),
      generation: () => `${keys.current().generation}.${settings.generation}`,
      now,
      capacity: rememberedTokens,
    });
    // Only who has sent a good token waits for the list of ended sign-ins, and most often nobody.
    const requireValid = async (token: VerifiedToken): Promise<void> => {
      await revocations?.ready();
      revocations?.requireValid(token);
      // By those with a good token alone: nobody else can make the guard read.
      revocations?.refreshWhenOld();
    };
    const identify = createIdentify({
      async verify(token) {
        const verified = await tokens.verify(token);
        await requireValid(verified);
        return verified;
      },
      sessionClientId: () => signInClientId(snapshot.signIn, settings.clients()),
    });
    const guard = createGuard({
      identify,
      sign: createSigner({ credentials, now, sha256: NativeSha256 }),
      access,
      forwardToken: snapshot.forwardToken,
    });
    let sessions: Sessions | undefined;
    return createOriginRequest({
      snapshot,
      settings,
      keys,
      guard,
      sessions: () =>
        (sessions ??= browserHalf().createSessions({
          signIn: snapshot.signIn,
          clients: () => settings.clients(),
          scopes: access.scopes,
          identify,
          verify,
          requireValid,
          now,
          onUnrevoked: (error) => log({ notice: "sign_out_unrevoked", cause: causeOf(error) }),
        })),
      log,
    });
  } catch (error) {
    const invalid = new GuardError(
      "settings_invalid",
      "The guard's settings are not valid. Build and deploy it again.",
    );
    log({
      requestId: "",
      method: "",
      outcome: "refused",
      status: 500,
      code: invalid.code,
      cause: causeOf(error),
    });
    console.error(error instanceof Error ? error.message : "settings.json could not be read");
    return async (event) => refusal(invalid, event?.Records?.[0]?.cf?.config?.requestId ?? "", {});
  }
}

/** The file was checked when it was built; this is for one that was cut or made by other means. */
function requireWhole({ functionUrlHost, corsOrigins }: GuardSettings): void {
  if (typeof functionUrlHost !== "string" || !Array.isArray(corsOrigins)) {
    throw new TypeError("settings.json is not whole");
  }
}

/** The sign-ins that were ended, where the stage keeps a list. A file of its own, because it brings `node:https`. */
function revocationsOf(snapshot: GuardSettings, now: () => number): Revocations | undefined {
  const { revocation, region } = snapshot;
  if (revocation.mode === "off") return undefined;
  const file: typeof import("./trust/stage-revocations.ts") = require("./stage-revocations.cjs");
  const api = { service: "ssm", region };
  const sign = createSigner({ credentials, now, sha256: NativeSha256, api });
  return file.openRevocations(snapshot, revocation, { sign, now, log });
}

/** Loaded when a browser comes with a session, or for one; API clients never need it. */
function browserHalf(): typeof import("./session/sessions.ts") {
  return require("./sessions.cjs");
}

/** Loaded when a key is unknown or a day old; `node:https` alone costs more than verifying a token. */
function network(): typeof import("./trust/fetch-key-set.ts") {
  return require("./fetch-key-set.cjs");
}

/** The SDK lies in a file of its own, with all that a guard with baked settings never needs. */
function parameterStore(): typeof import("./trust/parameters.ts") {
  return require("./parameters.cjs");
}

/** Read for each request: an environment can live longer than its first credentials. */
function credentials(): Credentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY || !AWS_SESSION_TOKEN) {
    throw new TypeError("the guard has no role credentials");
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN,
  };
}
