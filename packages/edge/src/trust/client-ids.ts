import { appClients, isAppClientName } from "@sst-gatehouse/blueprint/app-clients";
import { parameterNames } from "@sst-gatehouse/blueprint/parameters";
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import { causeOf, GuardError } from "@sst-gatehouse/core/errors";

import {
  clientIdPattern,
  parseKeySet,
  type PublicKey,
} from "@sst-gatehouse/blueprint/cognito-values";
import type { Log } from "../log.ts";
import { afterAnswer } from "@sst-gatehouse/revocations/after-answer";

export type ClientTable = NonNullable<GuardSettings["clients"]>;

/** How long ids from SSM are used before they are asked for again in the background. */
const refreshAfterSeconds = 300;
/** After a failure SSM is left alone for this long; requests that need it are answered 503 meanwhile. */
const coolDownSeconds = 2;

export interface ClientIdsDeps {
  /** The parameters of these names below the prefix that there are; one call. Rejects on any fault. */
  readonly loadParameters: (names: readonly string[]) => Promise<Readonly<Record<string, string>>>;
  /** Takes the key set that came with the parameters, if the bundle has none. */
  readonly adoptKeys: (keys: readonly PublicKey[]) => void;
  readonly now: () => number;
  readonly log: Log;
}

export interface ClientIdSource {
  /** Changes whenever the clients do. */
  readonly generation: number;
  /** Empty until the settings are ready. */
  clients(): ClientTable;
  /**
   * `undefined` when nothing has to be waited for: the usual case, cold or warm.
   * Otherwise the one load that every waiting request shares.
   *
   * @throws {GuardError} (rejects) `settings_unavailable` when SSM cannot be read or says nothing usable.
   */
  ready(): Promise<void> | undefined;
  /** Has ids that came from SSM asked for again after the answer, when they are old. */
  refreshWhenOld(): void;
}

/**
 * The settings of a guard that does not have all of them baked in. They can only fill what the bundle leaves open (client ids, and the key set of
 * a bundle built without one); kinds, token uses, issuers and the origin never come from there.
 */
export function createClientIds(
  settings: GuardSettings,
  { loadParameters, adoptKeys, now, log }: ClientIdsDeps,
): ClientIdSource {
  let clients: ClientTable | undefined = settings.clients;
  let loaded = false;
  let generation = 0;
  let loadedAt = now();
  let failedAt: number | undefined;
  let running: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    try {
      const parameters = await loadParameters([
        ...settings.clientNames.filter(isAppClientName).map(parameterNames.client),
        parameterNames.jwks,
      ]);
      const fresh = settings.clients ?? clientsFrom(parameters, settings.clientNames);
      if (settings.jwks === undefined) adoptKeys(keysFrom(parameters));
      if (JSON.stringify(fresh) !== JSON.stringify(clients)) {
        clients = fresh;
        generation += 1;
      }
      loaded = true;
      loadedAt = now();
      failedAt = undefined;
      log({ notice: "settings_refreshed" });
    } catch (error) {
      failedAt = now();
      log({ notice: "settings_refresh_failed", cause: causeOf(error) });
      throw settingsUnavailable(error);
    } finally {
      running = undefined;
    }
  };

  const start = (): Promise<void> => {
    // In a later turn, so that a load that throws at once is cleared away like any other.
    running ??= Promise.resolve().then(load);
    return running;
  };
  const resting = (): boolean => failedAt !== undefined && now() - failedAt < coolDownSeconds;

  return {
    get generation() {
      return generation;
    },
    clients: () => clients ?? {},
    ready() {
      if (loaded) return undefined;
      if (running === undefined && resting()) return Promise.reject(settingsUnavailable());
      return start();
    },
    refreshWhenOld() {
      if (!loaded || resting() || now() - loadedAt < refreshAfterSeconds) return;
      afterAnswer(start); // the last good ids go on until it succeeds
    },
  };
}

/**
 * The stage's client ids, each with the kind and token uses that the bundle gives its name.
 *
 * @throws {TypeError} unless every name has an id of its own: one id for two names could turn a person into a machine.
 */
function clientsFrom(
  parameters: Readonly<Record<string, string>>,
  names: readonly string[],
): ClientTable {
  const clients: Record<string, ClientTable[string]> = Object.create(null);
  for (const name of names) {
    if (!isAppClientName(name))
      throw new TypeError("the bundle names a client that the blueprint does not know");
    const id = parameters[parameterNames.client(name)];
    if (id === undefined || !clientIdPattern.test(id))
      throw new TypeError("a client id is missing or malformed");
    if (clients[id] !== undefined) throw new TypeError("two clients have the same id");
    const { kind, tokenUses } = appClients[name];
    clients[id] = { name, kind, tokenUses };
  }
  return clients;
}

function keysFrom(parameters: Readonly<Record<string, string>>): readonly PublicKey[] {
  const text = parameters[parameterNames.jwks];
  if (text === undefined) throw new TypeError("the key set is missing");
  const parsed: unknown = JSON.parse(text);
  return parseKeySet(parsed);
}

/** Refuses: Parameter Store was needed, and gave nothing usable. */
export function settingsUnavailable(cause?: unknown): GuardError {
  return new GuardError(
    "settings_unavailable",
    "The guard could not read its settings from Parameter Store. Try again in a few seconds; if it persists, check that the stage's parameters exist and that the edge role may read them.",
    { cause },
  );
}
