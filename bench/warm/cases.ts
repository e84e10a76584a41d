import { hash, randomBytes } from "node:crypto";

import type { OriginRequestHandler } from "@sst-gatehouse/edge/origin-request";
import { host, idKey, guardSettings } from "@sst-gatehouse/edge/test/events";
import { createRecorder } from "@sst-gatehouse/edge/test/recorder";
import { credentials } from "../credentials.ts";
import { createOneShotSigner, readyToken, type ReadyRequest, verifyBare } from "../floors.ts";
import {
  createEvents,
  expiredToken,
  freshToken,
  garbageToken,
  sessionOfBrowser,
  type EdgeAnswer,
  type EdgeEvent,
} from "../scenario.ts";
import { requireSignature, requireSignedAnswer } from "../signed-answer.ts";
import type { PeerPair } from "../peers/build-peers.ts";
import type { OwnCase, PeerCase, SharedCase, WarmCase } from "./measurements.ts";

/** Prepares so many calls, untimed, and gives back what does them. */
export type Case = (calls: number) => () => Promise<void> | void;

const emptyHash = hash("sha256", "");
const knownTokens = 64;
/** More than anybody remembers: whoever gets them in turn has forgotten each before it comes again. */
const newTokens = 5000;
/** Of all paths that were tried, the one that takes longest to give up on: every habit of readers, again and again. */
const hostilePath = "/%61;p%2F%5C%09%3Bq//A".repeat(90);

/**
 * Checks every case once, then hands them out to be timed.
 *
 * @param peers whose handlers are held to the same answers: a right signature, and refusals.
 * @throws {Error} when the guard, a peer or a floor does not do what it is measured for.
 */
export async function createCases(
  handler: OriginRequestHandler,
  peers: ReadonlyMap<PeerPair, OriginRequestHandler>,
): Promise<ReadonlyMap<WarmCase, Case>> {
  const tokens = Array.from({ length: knownTokens }, freshToken);
  const expired = Array.from({ length: knownTokens }, expiredToken);
  const ready = tokens.map(readyToken);
  const body = randomBytes(1024 * 1024);
  const sessions = Array.from({ length: knownTokens }, sessionOfBrowser);
  const getEvent = createEvents();
  const browserEvent = createEvents({}, ["cookie", "theme=dark; "]);
  const hostileEvent = createEvents({ uri: hostilePath });
  const uploadEvent = createEvents({ method: "POST", uri: "/files", body });

  const handledBy =
    (handle: OriginRequestHandler) =>
    (event: (call: number) => EdgeEvent): Case =>
    (calls) => {
      const events = Array.from({ length: calls }, (_, call) => event(call));
      return async () => {
        for (const one of events) await handle(one);
      };
    };
  const handled = handledBy(handler);
  const fresh = Array.from({ length: newTokens }, freshToken);
  /** For one handler. */
  const sharedEvents = (): Readonly<Record<SharedCase, (call: number) => EdgeEvent>> => {
    let sent = 0;
    return {
      "new token": () => getEvent(at(fresh, (sent += 1))),
      "known token": (call) => getEvent(at(tokens, call)),
      "1 MB body": (call) => uploadEvent(at(tokens, call)),
      "expired token": (call) => getEvent(at(expired, call)),
      "garbage token": () => getEvent(garbageToken()),
    };
  };
  const verified = (call: number): boolean => verifyBare(at(ready, call), idKey.publicKey);
  const { sign, request } = readySigner();
  const record = createRecorder(getEvent(at(tokens, 0)));

  for (const token of tokens) requireSignedAnswer(await handler(getEvent(token)));
  for (const session of sessions) requireSignedAnswer(await handler(browserEvent(session)));
  requireRefusal(await handler(getEvent(at(expired, 0))), "token_expired");
  requireRefusal(await handler(getEvent(garbageToken())), "token_malformed");
  requireRefusal(await handler(hostileEvent(at(tokens, 0))), "path_ambiguous");
  for (const [name, peer] of [["the guard", handler] as const, ...peers]) {
    try {
      await requireAnswers(peer, sharedEvents());
    } catch (error) {
      throw new Error(`${name} does not do what it is measured for`, { cause: error });
    }
  }
  requireFloors(ready, sign, request);

  const own: Readonly<Record<OwnCase, Case>> = {
    "rsa verify": (calls) => () => {
      for (let call = 0; call < calls; call += 1) verified(call);
    },
    F1: (calls) => () => {
      for (let call = 0; call < calls; call += 1) {
        verified(call);
        sign(request);
      }
    },
    "sha-256 of 1 MB": (calls) => () => {
      for (let call = 0; call < calls; call += 1) hash("sha256", body);
    },
    ...byName(sharedEvents(), handled),
    session: handled((call) => browserEvent(at(sessions, call))),
    "hostile path": handled((call) => hostileEvent(at(tokens, call))),
    record: (calls) => () => {
      for (let call = 0; call < calls; call += 1) record();
    },
  };
  const cases = new Map<WarmCase, Case>();
  for (const [name, one] of entriesOf(own)) cases.set(name, one);
  for (const [peer, handle] of peers) {
    for (const [name, one] of entriesOf(byName(sharedEvents(), handledBy(handle))))
      cases.set(`${name} by ${peer}` satisfies PeerCase, one);
  }
  return cases;
}

/** A right signature over what was sent, and a refusal of a token that has expired, of one that is none and of a forged one. */
async function requireAnswers(
  handler: OriginRequestHandler,
  events: Readonly<Record<SharedCase, (call: number) => EdgeEvent>>,
): Promise<void> {
  for (const good of ["new token", "known token", "1 MB body"] as const)
    requireSignedAnswer(await handler(events[good](0)));
  const forged = events["new token"](0);
  const [line] = forged.Records[0]?.cf.request.headers["authorization"] ?? [];
  if (line !== undefined) line.value = line.value.replace(/\.[^.]{9}/, ".eyJhIjoxf");
  for (const bad of [events["expired token"](0), events["garbage token"](0), forged]) {
    const answer = await handler(bad);
    if (!answer || !("status" in answer) || answer.status !== "401")
      throw new Error("a bad token is not refused");
  }
}

function readySigner(): { sign: (request: ReadyRequest) => string; request: ReadyRequest } {
  const timestamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const sign = createOneShotSigner({
    ...credentials,
    region: guardSettings.region,
    service: "lambda",
    date: timestamp.slice(0, 8),
  });
  const headers = [
    ["host", host],
    ["x-amz-content-sha256", emptyHash],
    ["x-amz-date", timestamp],
    ["x-amz-security-token", credentials.sessionToken],
  ] as const;
  return {
    sign,
    request: { method: "GET", path: "/echo/reports", headers, payloadHash: emptyHash, timestamp },
  };
}

function requireFloors(
  tokens: readonly ReturnType<typeof readyToken>[],
  sign: (request: ReadyRequest) => string,
  request: ReadyRequest,
): void {
  if (!tokens.every((token) => verifyBare(token, idKey.publicKey)))
    throw new Error("the floor refuses a good token");
  const [first, second] = tokens;
  if (
    first === undefined ||
    second === undefined ||
    verifyBare({ ...first, signature: second.signature }, idKey.publicKey)
  ) {
    throw new Error("the floor accepts a forged token");
  }
  const headers = { ...Object.fromEntries(request.headers), authorization: sign(request) };
  requireSignature({ ...request, query: "", headers, body: Buffer.alloc(0) });
}

function requireRefusal(answer: EdgeAnswer, code: string): void {
  const refused: unknown =
    answer && "status" in answer ? JSON.parse(answer.body ?? "{}").code : undefined;
  if (refused !== code) throw new Error(`the guard does not refuse with ${code}`);
}

function at<T>(items: readonly T[], call: number): T {
  const item = items[call % items.length];
  if (item === undefined) throw new TypeError("there are no items");
  return item;
}

function byName<Name extends string, From, To>(
  record: Readonly<Record<Name, From>>,
  convert: (from: From) => To,
): Record<Name, To> {
  const converted = Object.entries<From>(record).map(([name, from]) => [name, convert(from)]);
  return Object.fromEntries(converted);
}

function entriesOf<Name extends string, Value>(
  record: Readonly<Record<Name, Value>>,
): [name: Name, value: Value][] {
  const names = Object.keys(record).filter((name): name is Name => name in record);
  return names.map((name) => [name, record[name]]);
}
