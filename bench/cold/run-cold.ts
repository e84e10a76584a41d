import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { guardSettings } from "@sst-gatehouse/edge/test/events";
import { peerNames, type PeerPair } from "../peers/build-peers.ts";
import { shuffled } from "../ratios.ts";
import type { EdgeAnswer } from "../scenario.ts";
import { requireSignedAnswer } from "../signed-answer.ts";
import { startFarLine } from "./far-line.ts";
import { layOutColdPackages, parameters } from "./packages.ts";
import { startParameterStore } from "./parameter-store.ts";
import { spawnNode } from "./spawn-node.ts";

/** What is measured in fresh processes. */
const ownCases = [
  "empty",
  "cryptoOnly",
  "guard",
  "guardUnbaked",
  "guardWithList",
  "guardUnbakedWithList",
  "bareHttps",
] as const;
type OwnCase = (typeof ownCases)[number];
export type ColdCase = OwnCase | PeerPair;
const coldCases: readonly ColdCase[] = [...ownCases, ...peerNames];

/** Round trips between the guard and the stage's home region, in milliseconds. */
const distances = [1, 80, 250] as const;
/** What is measured, and where. Who asks nobody before he answers is as quick anywhere. */
export const farCases = [
  ["guard", 80],
  ["guardBeforeBackend", 80],
  ["guardWithList", 1],
  ["guardWithList", 80],
  ["guardWithList", 250],
] as const;
type FarGuard = (typeof farCases)[number][0];
export type FarCase = `${FarGuard} ${(typeof distances)[number]}`;

/** Those that turn to Parameter Store, each once; the one that asks for ids and for the list, twice. */
const asking: ReadonlySet<ColdCase> = new Set([
  "guardUnbaked",
  "guardWithList",
  "guardUnbakedWithList",
  "bareHttps",
]);

/** One fresh process, some way from home. */
export interface FarStart {
  /** Load and first answer. */
  readonly ms: number;
  /** The first answer after a minute without requests. */
  readonly afterIdleMs: number;
}

/** One fresh process. */
export interface ColdStart {
  /** Load and first answer, inside the process. */
  readonly ms: number;
  /** From starting the process to its answer. */
  readonly wallMs: number;
  /** Resident memory after the answer, MB. */
  readonly rssMb: number;
  /** Node's own modules that loading and answering brought in. */
  readonly modules: readonly string[];
}

export interface ColdMeasurements {
  readonly starts: ReadonlyMap<ColdCase, readonly ColdStart[]>;
  readonly far: ReadonlyMap<FarCase, readonly FarStart[]>;
  /** With baked settings: turns to the network for the first and for the second answer of a process. */
  readonly networkCalls: NetworkCalls;
  /** The same with the list of ended sign-ins, which the first answer waits for. */
  readonly networkCallsWithList: NetworkCalls;
}

export interface NetworkCalls {
  readonly cold: number;
  readonly warm: number;
  /** Node's own modules that the second answer brought in. */
  readonly loadedWarm: readonly string[];
}

export interface ColdOptions {
  /** With the guard's built files. */
  readonly built: string;
  readonly scratch: string;
  readonly rounds: number;
  /** The same, of those that are far from home. */
  readonly farRounds: number;
  readonly onProgress: (text: string) => void;
}

/**
 * Starts one process per case in each round, in random order. The first round is thrown away: it fills the page cache.
 *
 * @throws {Error} (rejects) when an answer is not what it should be.
 */
export async function runCold({
  built,
  scratch,
  rounds,
  farRounds,
  onProgress,
}: ColdOptions): Promise<ColdMeasurements> {
  const packages = await layOutColdPackages(built, scratch);
  const store = await startParameterStore({ ...guardSettings, parameters });
  const caFile = join(scratch, "ca.pem");
  await writeFile(caFile, store.caPem);
  const bundles = new Map<ColdCase, string>([
    ...ownCases.map((name) => [name, packages[name]] as const),
    ...packages.peers,
  ]);
  const script = (name: string): string => join(import.meta.dirname, name);
  const redirected = { BENCH_SSM_PORT: String(store.port), NODE_EXTRA_CA_CERTS: caFile };

  const startOne = async (name: ColdCase): Promise<ColdStart> => {
    const asks = asking.has(name);
    const callsBefore = store.calls();
    const { report, wallMs } = await spawnNode(
      [
        ...(asks ? ["--import", script("redirect-ssm.mjs")] : []),
        script("boot.mjs"),
        bundles.get(name) ?? "",
        packages.event,
      ],
      asks ? redirected : {},
    );
    const started: BootReport = JSON.parse(report);
    if (name !== "empty" && name !== "cryptoOnly") requireSignedAnswer(started.answer);
    if (store.calls() - callsBefore !== (name === "guardUnbakedWithList" ? 2 : Number(asks)))
      throw new Error(`${name} made another number of calls to Parameter Store`);
    return {
      ms: started.loadMs + started.answerMs,
      wallMs,
      rssMb: started.rss / 1e6,
      modules: started.modules,
    };
  };

  const starts = new Map<ColdCase, ColdStart[]>(coldCases.map((name) => [name, []]));
  const lines = await Promise.all(
    distances.map(async (ms) => ({ ms, line: await startFarLine(store.port, ms) })),
  );
  const startFar = async (name: FarGuard, ms: number): Promise<FarStart> => {
    const port = lines.find((each) => each.ms === ms)?.line.port;
    if (port === undefined) throw new TypeError(`nothing is ${ms} ms away`);
    // Connection, handshake and call take three round trips, and the machine some time.
    const idleMs = String(4 * ms + 200);
    const { report } = await spawnNode(
      [
        "--import",
        script("redirect-ssm.mjs"),
        script("boot.mjs"),
        packages[name],
        packages.event,
        idleMs,
      ],
      { ...redirected, BENCH_SSM_PORT: String(port) },
    );
    const { loadMs, answerMs, afterIdleMs, answer }: BootReport = JSON.parse(report);
    requireSignedAnswer(answer);
    if (afterIdleMs === undefined) throw new TypeError("nobody asked again");
    return { ms: loadMs + answerMs, afterIdleMs };
  };
  const far = new Map<FarCase, FarStart[]>();
  try {
    for (let round = 0; round <= farRounds; round += 1) {
      onProgress(`cold and far from home, round ${round} of ${farRounds}`);
      for (const [name, ms] of shuffled(farCases)) {
        const start = await startFar(name, ms);
        const key: FarCase = `${name} ${ms}`;
        if (round > 0) far.set(key, [...(far.get(key) ?? []), start]);
      }
    }
    for (let round = 0; round <= rounds; round += 1) {
      onProgress(`cold, round ${round} of ${rounds}`);
      for (const name of shuffled(coldCases)) {
        const start = await startOne(name);
        if (round > 0) starts.get(name)?.push(start);
      }
    }
    const countAsking = (guard: string): Promise<NetworkCalls> =>
      count([guard, packages.event], ["--import", script("redirect-ssm.mjs")], redirected);
    if ((await countAsking(packages.guardUnbaked)).cold === 0)
      throw new Error("the network counter counts nothing");
    return {
      starts,
      far,
      networkCalls: await count([packages.guard, packages.event]),
      networkCallsWithList: await countAsking(packages.guardWithList),
    };
  } finally {
    await Promise.all(lines.map(({ line }) => line.close()));
    await store.close();
  }

  async function count(
    args: readonly string[],
    preload: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<NetworkCalls> {
    const { report } = await spawnNode(
      [...preload, script("count-network.mjs"), ...args],
      environment,
    );
    const { counts, loaded }: { counts: number[]; loaded: string[] } = JSON.parse(report);
    const [cold, warm] = counts;
    if (cold === undefined || warm === undefined)
      throw new TypeError("the network counter reported nothing");
    return { cold, warm, loadedWarm: loaded };
  }
}

/** What `boot.mjs` reports. */
interface BootReport {
  readonly loadMs: number;
  readonly answerMs: number;
  readonly afterIdleMs?: number;
  readonly rss: number;
  readonly modules: readonly string[];
  readonly answer: EdgeAnswer;
}
