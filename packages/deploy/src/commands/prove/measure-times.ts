import { randomBytes } from "node:crypto";

import { CommandError } from "../../command.ts";
import type { Asked, TimedAnswer, TimedConnection } from "./timed-connection.ts";

/** As many as come at once to find the stage without enough containers. */
const crowdSize = 8;
const warmRequests = 20;
/** Of the requests with a token that was not sent before; machines' tokens cost money. */
const newTokenRounds = 5;

/** What is asked of a stage, and how. */
export interface StageToTime {
  /** A new connection to the app. */
  readonly connect: () => TimedConnection;
  /** A new access token of the stage's machine client; absent where it has none. */
  readonly newToken: (() => Promise<string>) | undefined;
  /** A path that a backend answers to whoever has a token, whatever it answers; absent where there is none. */
  readonly backendPath: string | undefined;
}

/** Milliseconds, in the order in which they were measured. */
export type Milliseconds = readonly number[];

export interface WarmTimes {
  readonly what: string;
  readonly ms: Milliseconds;
}

/** Requests that came at once, each over a connection of its own, and then once more. */
export interface CrowdTimes {
  readonly when: string;
  readonly first: Milliseconds;
  readonly again: Milliseconds;
}

/** How long a stage's answers take, from where they were asked for. */
export interface Times {
  /** Each `X-Amz-Cf-Pop` that answered; none where nothing says. */
  readonly places: readonly string[];
  /** One round trip to there. */
  readonly connect: Milliseconds;
  /** One request after the other; the first is the one that all others are measured against. */
  readonly warm: readonly WarmTimes[];
}

/** A kind of request. */
interface Kind {
  readonly what: string;
  /** @param round counts from -1, which nobody times. */
  readonly asked: (round: number) => Asked;
  readonly expects: (status: number) => boolean;
  readonly rounds?: number;
}

const mePath = "/.auth/me";

/**
 * Times one request after the other over one connection, the kinds in turn.
 *
 * @throws {CommandError} (rejects) for an answer that is not the one that was to be timed.
 */
export async function measureWarm(stage: StageToTime): Promise<Times> {
  const tokens: string[] = [];
  for (let round = -1; stage.newToken !== undefined && round < newTokenRounds; round += 1)
    tokens.push(await stage.newToken());
  const kinds = kindsOf(tokens, stage.backendPath);
  const warm = kinds.map(({ what }) => ({ what, ms: [] as number[] }));
  const answers: TimedAnswer[] = [];
  const connection = stage.connect();
  try {
    // Round -1 is for containers that have not loaded all of the guard yet.
    for (let round = -1; round < warmRequests; round += 1) {
      for (const [index, kind] of kinds.entries()) {
        if (round >= (kind.rounds ?? warmRequests)) continue;
        const answer = await ask(connection, kind, round);
        answers.push(answer);
        if (round >= 0) warm[index]?.ms.push(answer.ms);
      }
    }
  } finally {
    connection.close();
  }
  return { ...whereFrom(answers), warm };
}

/**
 * Sends requests all at once: what there are too few containers for has to wait for new ones. The same once more finds
 * them warm.
 *
 * @throws {CommandError} (rejects) as {@link measureWarm} does.
 */
export async function measureCrowd(stage: StageToTime, when: string): Promise<CrowdTimes> {
  const [token] = stage.newToken === undefined ? [] : [await stage.newToken()];
  const kind = token === undefined ? withoutToken : answeredByGuard("", () => token);
  const connections = Array.from({ length: crowdSize }, () => stage.connect());
  const all = async (): Promise<Milliseconds> =>
    (await Promise.all(connections.map((connection) => ask(connection, kind, 0)))).map(
      ({ ms }) => ms,
    );
  try {
    return { when, first: await all(), again: await all() };
  } finally {
    for (const connection of connections) connection.close();
  }
}

async function ask(connection: TimedConnection, kind: Kind, round: number): Promise<TimedAnswer> {
  const asked = kind.asked(round);
  const answer = await connection.ask(asked);
  if (!kind.expects(answer.status))
    throw new CommandError(
      `${asked.method} ${asked.path} (${kind.what}) gets ${answer.status}, so that its time says nothing`,
    );
  return answer;
}

const withoutToken: Kind = {
  what: "refused: no token",
  asked: () => ({ method: "GET", path: unknownPath(), headers: {} }),
  expects: (status) => status === 401,
};

function answeredByGuard(what: string, token: (round: number) => string): Kind {
  return {
    what,
    asked: (round) => ({ method: "GET", path: mePath, headers: bearer(token(round)) }),
    expects: (status) => status === 200,
  };
}

function kindsOf(tokens: readonly string[], backendPath: string | undefined): readonly Kind[] {
  const [known] = tokens;
  const nobodys: readonly Kind[] = [
    {
      what: "a preflight, answered at once",
      asked: () => ({
        method: "OPTIONS",
        path: unknownPath(),
        headers: {
          origin: "https://gatehouse.invalid",
          "access-control-request-method": "GET",
        },
      }),
      expects: (status) => status === 204,
    },
    withoutToken,
    {
      ...withoutToken,
      what: "refused: no token, but something as long",
      asked: () => ({
        method: "GET",
        path: unknownPath(),
        headers: bearer(randomBytes(600).toString("hex")),
      }),
    },
  ];
  if (known === undefined) return nobodys;
  const withTokens: readonly Kind[] = [
    ...nobodys,
    {
      ...answeredByGuard(
        "a token, not seen before: /.auth/me",
        (round) => tokens[round + 1] ?? known,
      ),
      rounds: newTokenRounds,
    },
    answeredByGuard("a token, seen before: /.auth/me", () => known),
  ];
  if (backendPath === undefined) return withTokens;
  return [
    ...withTokens,
    {
      what: "a token, seen before: a backend's answer",
      asked: () => ({ method: "GET", path: backendPath, headers: bearer(known) }),
      // Whatever the app says to a path that it may not know.
      expects: (status) => status !== 401 && status < 500,
    },
  ];
}

function whereFrom(answers: readonly TimedAnswer[]): Pick<Times, "places" | "connect"> {
  const places = answers.flatMap(({ place }) => place ?? []);
  return {
    places: [...new Set(places)].toSorted(),
    connect: answers.flatMap(({ connectMs }) => connectMs ?? []),
  };
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** No rule opens it: `/*` may not be public. */
function unknownPath(): string {
  return `/gatehouse-prove-${randomBytes(4).toString("hex")}`;
}
