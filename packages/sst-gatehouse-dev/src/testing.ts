import { stageOfGate } from "@sst-gatehouse/blueprint/gate";
import { untrueExamples } from "@sst-gatehouse/deploy/examples";
import { loadProject } from "@sst-gatehouse/local/load-project";
import { type AccountForm, type Clock, type Stack, startStack } from "@sst-gatehouse/local/stack";

import { ask, type Answer } from "./ask.ts";

export type { Answer };

export interface GatehouseOptions {
  /** The app's folder, or one below it; the working directory when left out. */
  readonly root?: string;
  /** How the AWS account that is played differs from the usual one, as for `start --account`. */
  readonly account?: readonly AccountForm[];
}

export interface ExamplesToCheck {
  /** The app's folder, or one below it; the working directory when left out. */
  readonly root?: string;
  /** Whose people have which scopes; `production` when left out. */
  readonly stage?: string;
}

/**
 * Asks the access rules for each of their examples, for a test: `expect(await checkExamples()).toEqual([])`. Starts nothing.
 *
 * @returns a sentence for each that is not so, such as `GET /books says 401 for alice, who is let in by "/books/*"`.
 * @throws {Error} (rejects) with what is wrong with the app.
 */
export async function checkExamples({
  root = process.cwd(),
  stage = "production",
}: ExamplesToCheck = {}): Promise<readonly string[]> {
  const { gate } = await loadProject(root);
  const untrue = untrueExamples(gate.access, stageOfGate(gate, stage));
  return untrue.map(({ request, what }) => `${request} ${what}`);
}

/** Sends a request to the app. It follows no redirect. @param path with its query. */
export type AppFetch = (path: string, init?: RequestInit) => Promise<Answer>;

/** An app behind its gate, on this machine. */
export interface Gatehouse {
  /** `http://127.0.0.1:<port>`: the app for browsers and for every client library. */
  readonly url: string;
  /** Asks as nobody. */
  readonly fetch: AppFetch;
  /**
   * Asks as a person, with an ID token of the first request: `alice` is in no group, `ada` in `admin`, and each further
   * group of the access rules has a person who is named after it.
   *
   * @returns both reject when there is no such person. `token` is a new ID token, for a client library that sends its own.
   */
  as(username: string): { readonly fetch: AppFetch; readonly token: () => Promise<string> };
  /** Who can sign in at the hosted pages, for a test that drives a browser. */
  readonly users: Stack["outputs"]["users"];
  /** What `gatehouse start --json` prints: the pool, its app clients and endpoints, for a library that signs in by itself. */
  readonly outputs: Stack["outputs"];
  /** Of everything that is played: `advance(3601)` makes a token expire. */
  readonly clock: Clock;
  /** What `gatehouse start` would have shown in the terminal so far, a line each. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

/**
 * Starts the app of a folder as `gatehouse start` does, on a free port, for a test.
 *
 * @throws {Error} (rejects) with what is wrong with the app.
 */
export async function startGatehouse({
  root = process.cwd(),
  account = [],
}: GatehouseOptions = {}): Promise<Gatehouse> {
  const log: string[] = [];
  const stack = await startStack({
    project: await loadProject(root),
    port: 0,
    account,
    explain: (from, reason, details = []) => log.push(`${from}: ${reason}`, ...details),
  });
  const { loopbackUrl: url, users } = stack.outputs;
  return {
    url,
    fetch: (path, init) => ask(url, path, init),
    users,
    outputs: stack.outputs,
    as(username) {
      const token = async (): Promise<string> => {
        const tokens = await stack.tokensFor(username);
        if (tokens !== undefined) return tokens.id;
        const people = users.map((user) => user.username);
        throw new TypeError(`There is no ${username} here, only ${people.join(", ")}`);
      };
      let first: Promise<string> | undefined;
      return {
        token,
        async fetch(path, init = {}) {
          const headers = new Headers(init.headers);
          headers.set("authorization", `Bearer ${await (first ??= token())}`);
          return ask(url, path, { ...init, headers });
        },
      };
    },
    clock: stack.clock,
    log,
    close: () => stack.close(),
  };
}
