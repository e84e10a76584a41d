import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { composeGuard } from "../src/compose.ts";
import { type Behaviour, behaviours } from "./behaviours.ts";
import { loadMutant, mutantsOf } from "./mutants.ts";
import type { Compose } from "./test-browser.ts";

/** Leaving any one thing out of `composeGuard` is seen here: each mutant names the behaviour that it breaks. */
const composeFile = join(import.meta.dirname, "../src/compose.ts");

test.each(Object.entries(behaviours))("%s", async (_name, behaviour) => {
  await expect(behaviour(composeGuard)).resolves.toBeUndefined();
});

const goesOn: Behaviour = "a caller with a token goes on, signed by the edge role at this hour";
const asksBucket: Behaviour =
  "a file of the site goes to its bucket, unsigned, and a request for a backend does not";
const fetchesKeys: Behaviour =
  "an unknown key has the pool's key set fetched, from the issuer's own address";
const readsList: Behaviour =
  "the list is read for the first good token, with a signature of the edge role";
const leavesToBackend: Behaviour =
  "where the backend looks sign-ins up, the guard reads no list before it needs one";
const loads: Behaviour = "what is not baked comes from Parameter Store with one call";
const tooLarge: Behaviour =
  "headers larger than the stage lets through are refused, and the largest is named";
const hasSession: Behaviour =
  "a session is the caller's, and only a token of the browsers' client makes one";
const renews: Behaviour = "an expired session is renewed, and one whose sign-in was ended is not";
const leadsClients = "an app's resource leads clients to the sign-in, and is put together once";
const tellsLog: Behaviour = "a refresh token that cannot be revoked is told to the log";
const asksForSecret: Behaviour =
  "the client's secret is asked for below the stage's prefix, in its region, and signed for that";
const tellsClaims: Behaviour = "the claims that the rules ask for are told of a session, too";
const saysMetrics: Behaviour = "the log has paths and metrics where the stage asks for them";
const asksForScopes: Behaviour = "a sign-in asks for the scopes that the stage gives people";

/** Each thing that `composeGuard` could lack, and the behaviour that is missed then. */
const broken: readonly (readonly [without: string, Behaviour])[] = [
  ["keys.fetch", fetchesKeys],
  ["keys.now", goesOn],
  ["keys.log", fetchesKeys],
  ["signForSsm.credentials", readsList],
  ["signForSsm.now", readsList],
  ["signForSsm.api", readsList],
  ["signForSsm.api.service", readsList],
  ["signForSsm.api.region", readsList],
  ['list if revocation.mode === "off"', "a stage without a list of ended sign-ins loads none"],
  ['list if not revocation.mode === "off"', readsList],
  ["once of list", leavesToBackend],
  ["list.sign", readsList],
  ["list.now", readsList],
  ["list.log", readsList],
  ["await requireValid(token)", readsList],
  ["clientIds if isBaked(settings)", "baked settings ask Parameter Store for nothing"],
  ["clientIds if not isBaked(settings)", loads],
  ["clientIds.loadParameters", loads],
  ["clientIds.adoptKeys", loads],
  ["clientIds.now", loads],
  ["clientIds.log", loads],
  ["once of resource", leadsClients],
  ["createCurrentVerifier.issuers", goesOn],
  ["createCurrentVerifier.clientIds", goesOn],
  [
    "createCurrentVerifier.clientOf",
    "a client that is known by its document is let in to the app's resource",
  ],
  ["createCurrentVerifier.claims", tellsClaims],
  ["createCurrentVerifier.keys", goesOn],
  ["createCurrentVerifier.now", goesOn],
  ["tokens.verify", goesOn],
  ["tokens.generation", "a remembered token is refused once its client has another id"],
  ["tokens.now", "a remembered token is refused when its time is over"],
  ["tokens.capacityBytes", goesOn],
  ["verifyToken if list === undefined || checksItself(settings, request.host)", leavesToBackend],
  ["verifyToken if not list === undefined || checksItself(settings, request.host)", readsList],
  ["settings", goesOn],
  ["clientIds", goesOn],
  ["keys", goesOn],
  ["identify", goesOn],
  ["access", goesOn],
  ["guard", goesOn],
  ["guard.sign", goesOn],
  ["guard.sign.credentials", goesOn],
  ["guard.sign.now", goesOn],
  ["guard.access", "the access rules decide"],
  ["guard.fileRequest", asksBucket],
  ["guard.fileRequest if request.host === site?.host", asksBucket],
  ["guard.fileRequest if not request.host === site?.host", asksBucket],
  ["guard.forwardToken", "the bearer token goes along where the stage says so"],
  ["guard.forwardCookies", "only the cookies that the stage lists go along"],
  ["guard.originHeaderBytes", tooLarge],
  ["guard.headersTooLarge", tooLarge],
  ["guard.callerVersion", "the caller header is of the version that the settings say"],
  ["guard.callerVersion if access.claims", tellsClaims],
  [
    "guard.callerVersion if not access.claims",
    "the caller header is of the version that the settings say",
  ],
  ["sessions", hasSession],
  ["once of sessions", "the browser half is made once, and remembers"],
  ["sessions.signIn", asksForScopes],
  ["sessions.clients", asksForScopes],
  ["sessions.identify", hasSession],
  ["sessions.verifyToken", hasSession],
  ["sessions.verify", renews],
  ["sessions.requireUnbound", "a token for the app's resource tells nothing at /.auth/me"],
  ["sessions.requireValid", renews],
  ["sessions.keepsIdToken", tellsClaims],
  ["sessions.now", renews],
  ["sessions.sealing", hasSession],
  ["sessions.parameters", asksForSecret],
  ["sessions.parameters.region", asksForSecret],
  ["sessions.parameters.prefix", asksForSecret],
  ["sessions.parameters.sign", asksForSecret],
  ["sessions.onUnrevoked", tellsLog],
  ["sessions.onUnrevoked.notice", tellsLog],
  ["sessions.onUnrevoked.cause", tellsLog],
  ["resource", leadsClients],
  ["responses", "the access rules decide"],
  ["now", saysMetrics],
  ["elapsed", goesOn],
  ["log", goesOn],
];

const mutants = new Map(
  mutantsOf(composeFile, "composeGuard").map(({ without, source }) => [without, source]),
);

async function composeLoadedFrom(source: string): Promise<Compose> {
  const loaded = await loadMutant(composeFile, source);
  return (parts) => Reflect.apply(Object(loaded["composeGuard"]), undefined, [parts]);
}

test("nothing of composeGuard is left out of the table", () => {
  expect([...mutants.keys()]).toEqual(broken.map(([without]) => without));
});

test("loaded like a mutant, but unchanged, it lacks nothing", async () => {
  const compose = await composeLoadedFrom(readFileSync(composeFile, "utf8"));
  for (const behaviour of Object.values(behaviours))
    await expect(behaviour(compose)).resolves.toBeUndefined();
});

test.each(broken)("without %s it fails: %s", async (without, name) => {
  const compose = await composeLoadedFrom(mutants.get(without) ?? "");
  await expect(behaviours[name](compose)).rejects.toBeInstanceOf(Error);
});
