import type { BuiltFile } from "@sst-gatehouse/edge/build";
import { type ColdCase, type ColdMeasurements, type ColdStart, farCases } from "./cold/run-cold.ts";
import { peerNames, type PeerPair } from "./peers/build-peers.ts";
import type { EndToEnd } from "./end-to-end.ts";
import { median, pairedDifference, pairedRatio } from "./ratios.ts";
import type { OwnCase, SharedCase, WarmCase, WarmMeasurements } from "./warm/measurements.ts";

/** One line of the table. */
export interface Row {
  readonly id: string;
  readonly what: string;
  readonly measured: number;
  /** Undefined where a row only informs. */
  readonly budget: number | undefined;
  /** The best of the peers that were measured in the same rounds, over the same floor. */
  readonly bestPeer?: BestPeer;
  /** Behind both numbers. */
  readonly unit: string;
  readonly digits: number;
}

export interface BestPeer {
  readonly name: PeerPair;
  readonly measured: number;
}

export interface Measurements {
  readonly built: readonly BuiltFile[];
  readonly warm: readonly WarmMeasurements[];
  readonly cold: ColdMeasurements;
  readonly endToEnd: readonly EndToEnd[];
  readonly fuzzedEventMicroseconds: number;
  readonly memory: { readonly requests: number; readonly grownBytes: number };
}

/** Growth below this is V8 compiling and collecting at other moments, not a cache without a bound. */
const memoryNoiseMb = 1;

/** The budgets that every change is held against. Ratios are over a floor that was measured in the same rounds. */
export function rowsOf({
  built,
  warm,
  cold,
  endToEnd,
  fuzzedEventMicroseconds,
  memory,
}: Measurements): readonly Row[] {
  const overFloor = (measured: WarmCase, floor: OwnCase): number =>
    median(warm.map((process) => pairedRatio(process[measured], process[floor])));
  const withPeers = (shared: SharedCase, floor: OwnCase): Pick<Row, "measured" | "bestPeer"> => ({
    measured: overFloor(shared, floor),
    bestPeer: best((peer) => overFloor(`${shared} by ${peer}`, floor)),
  });
  const each = (name: ColdCase, value: (start: ColdStart) => number): number[] =>
    (cold.starts.get(name) ?? []).map(value);
  const coldRatio = (
    measured: ColdCase,
    floor: ColdCase,
    value: (start: ColdStart) => number = ({ ms }) => ms,
  ): number => pairedRatio(each(measured, value), each(floor, value));
  const hotFile = built.find(({ file }) => file === "lambda.cjs");
  const loaded = new Set(cold.starts.get("guard")?.flatMap(({ modules }) => modules));

  const ratio = { unit: "x", digits: 2 };
  const kilobytes = { unit: "KB", digits: 1 };
  const count = { unit: "", digits: 0 };
  return [
    {
      id: "P1",
      what: "warm, new token, over RSA check + SigV4",
      ...withPeers("new token", "F1"),
      budget: 2.1,
      ...ratio,
    },
    {
      id: "P2",
      what: "warm, known token, over RSA check + SigV4",
      ...withPeers("known token", "F1"),
      budget: 0.75,
      ...ratio,
    },
    {
      id: "",
      what: "warm, a browser's session, over a known token",
      measured: overFloor("session", "known token"),
      budget: undefined,
      ...ratio,
    },
    {
      id: "",
      what: "of these, the record of a request alone, over RSA check + SigV4",
      measured: overFloor("record", "F1"),
      budget: undefined,
      ...ratio,
    },
    {
      id: "P3",
      what: "warm, 1 MB body, over its SHA-256",
      ...withPeers("1 MB body", "sha-256 of 1 MB"),
      budget: 1.65,
      ...ratio,
    },
    ...endToEnd.flatMap(({ what, guard, pass }): Row[] => [
      {
        id: "",
        what: `end to end in the local stack, ${what}, over an edge function that only passes`,
        measured: pairedRatio(guard, pass),
        budget: undefined,
        ...ratio,
      },
      {
        id: "",
        what: "the same, in milliseconds more",
        measured: pairedDifference(guard, pass),
        budget: undefined,
        unit: "ms",
        digits: 2,
      },
    ]),
    {
      id: "P4",
      what: "cold, load and first answer, over node:crypto and a hash",
      measured: coldRatio("guard", "cryptoOnly"),
      bestPeer: best((peer) => coldRatio(peer, "cryptoOnly")),
      budget: 3.6,
      ...ratio,
    },
    {
      id: "P4",
      what: "the same with the list on, which is read meanwhile",
      measured: coldRatio("guardWithList", "cryptoOnly"),
      budget: undefined,
      ...ratio,
    },
    {
      id: "",
      what: "the same, over bare node:https, which makes the same call",
      measured: coldRatio("guardWithList", "bareHttps"),
      budget: undefined,
      ...ratio,
    },
    {
      id: "",
      what: "the same, over the guard without a list",
      measured: pairedDifference(
        each("guardWithList", ({ ms }) => ms),
        each("guard", ({ ms }) => ms),
      ),
      budget: undefined,
      unit: "ms",
      digits: 1,
    },
    {
      id: "",
      what: "cold, spawn to first answer, over an empty handler",
      measured: coldRatio("guard", "empty", ({ wallMs }) => wallMs),
      budget: undefined,
      ...ratio,
    },
    ...farRows(cold.far),
    {
      id: "P5",
      what: "cold, one SSM call, over bare node:https",
      measured: coldRatio("guardUnbaked", "bareHttps"),
      budget: 2.4,
      ...ratio,
    },
    {
      id: "P5",
      what: "the same with the list on, by a second call beside it",
      measured: coldRatio("guardUnbakedWithList", "bareHttps"),
      budget: undefined,
      ...ratio,
    },
    {
      id: "P6",
      what: "lambda.cjs, minified",
      measured: (hotFile?.bytes ?? Number.NaN) / 1000,
      budget: 44,
      ...kilobytes,
    },
    {
      id: "P6",
      what: "lambda.cjs, compressed",
      measured: (hotFile?.gzipBytes ?? Number.NaN) / 1000,
      budget: 16,
      ...kilobytes,
    },
    {
      id: "P7",
      what: "resident memory after the first answer, over an empty handler",
      measured: pairedDifference(
        each("guard", ({ rssMb }) => rssMb),
        each("empty", ({ rssMb }) => rssMb),
      ),
      bestPeer: best((peer) =>
        pairedDifference(
          each(peer, ({ rssMb }) => rssMb),
          each("empty", ({ rssMb }) => rssMb),
        ),
      ),
      budget: 9,
      unit: "MB",
      digits: 1,
    },
    {
      id: "P7",
      what: "the same with the list on",
      measured: pairedDifference(
        each("guardWithList", ({ rssMb }) => rssMb),
        each("empty", ({ rssMb }) => rssMb),
      ),
      budget: undefined,
      unit: "MB",
      digits: 1,
    },
    {
      id: "P8",
      what: "http, https, undici and tls modules loaded for a hit",
      measured: [...loaded].filter(isNetworkModule).length,
      budget: 0,
      ...count,
    },
    {
      id: "P8",
      what: "the same with the list on and fresh",
      measured: cold.networkCallsWithList.loadedWarm.filter(isNetworkModule).length,
      budget: 0,
      ...count,
    },
    {
      id: "",
      what: "all of Node's modules loaded for a hit",
      measured: loaded.size,
      budget: undefined,
      ...count,
    },
    {
      id: "P9",
      what: "refusing an expired token, over an RSA check",
      ...withPeers("expired token", "rsa verify"),
      budget: 0.9,
      ...ratio,
    },
    {
      id: "P9",
      what: "refusing a garbage token, over an RSA check",
      ...withPeers("garbage token", "rsa verify"),
      budget: 0.6,
      ...ratio,
    },
    {
      id: "P9",
      what: "refusing the costliest path, over an RSA check",
      measured: overFloor("hostile path", "rsa verify"),
      budget: 20,
      ...ratio,
    },
    {
      id: "P10",
      what: "network calls, cold",
      measured: cold.networkCalls.cold,
      budget: 0,
      ...count,
    },
    {
      id: "P10",
      what: "network calls, warm",
      measured: cold.networkCalls.warm,
      budget: 0,
      ...count,
    },
    {
      id: "P10",
      what: "network calls, warm, with the list on and fresh",
      measured: cold.networkCallsWithList.warm,
      budget: 0,
      ...count,
    },
    {
      id: "",
      what: "a broken event, refused or signed",
      measured: fuzzedEventMicroseconds,
      budget: undefined,
      unit: "µs",
      digits: 0,
    },
    {
      id: "P11",
      what: `memory growth over ${memory.requests.toLocaleString("en")} new tokens`,
      measured: memory.grownBytes / 1e6,
      budget: memoryNoiseMb,
      unit: "MB",
      digits: 2,
    },
  ];
}

function best(measure: (peer: PeerPair) => number): BestPeer {
  const [first] = peerNames
    .map((name) => ({ name, measured: measure(name) }))
    .toSorted((a, b) => a.measured - b.measured);
  if (first === undefined) throw new TypeError("there are no peers");
  return first;
}

const lists = {
  guard: "list off",
  guardWithList: "looked up by the guard",
  guardBeforeBackend: "looked up by the backend",
} as const;

/** What a person waits for who is this far from the stage's home region: cold, and after a minute without requests. */
function farRows(far: ColdMeasurements["far"]): Row[] {
  return farCases.flatMap(([name, ms]) => {
    const starts = far.get(`${name} ${ms}`) ?? [];
    const row = (what: string, measured: number[]): Row => ({
      id: "",
      what: `${what}, ${lists[name]}, ${ms} ms from home`,
      measured: median(measured),
      budget: undefined,
      unit: "ms",
      digits: 1,
    });
    return [
      row(
        "cold",
        starts.map((start) => start.ms),
      ),
      row(
        "after a minute idle",
        starts.map(({ afterIdleMs }) => afterIdleMs),
      ),
    ];
  });
}

function isNetworkModule(name: string): boolean {
  return /(?:^|[ /_])(?:https?|http2|undici|tls)(?:[/_]|$)/.test(name);
}
