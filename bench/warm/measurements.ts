import { peerNames, type PeerPair } from "../peers/build-peers.ts";

/** What peers can do as well. */
export const sharedCases = [
  "new token",
  "known token",
  "1 MB body",
  "expired token",
  "garbage token",
] as const;
export type SharedCase = (typeof sharedCases)[number];

const floors = ["rsa verify", "F1", "sha-256 of 1 MB"] as const;
const ownCases = ["session", "hostile path", "record"] as const;
export type OwnCase = (typeof floors)[number] | SharedCase | (typeof ownCases)[number];
export type PeerCase = `${SharedCase} by ${PeerPair}`;
export type WarmCase = OwnCase | PeerCase;

const peerCases = peerNames.flatMap((peer) =>
  sharedCases.map((shared): PeerCase => `${shared} by ${peer}`),
);

/** What is timed in a warm process. */
export const warmCases: readonly WarmCase[] = [
  ...floors,
  ...sharedCases,
  ...ownCases,
  ...peerCases,
];

/** Milliseconds of the processor per call, one value for each round. */
export type WarmMeasurements = Readonly<Record<WarmCase, readonly number[]>>;
