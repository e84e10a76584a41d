import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";

import { parameterNames } from "@sst-gatehouse/blueprint/parameters";
import { noRevocations } from "@sst-gatehouse/blueprint/revocations";
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import { writeSettings } from "@sst-gatehouse/edge/build/guard-data";
import { guardSettings, webClient, machineClient } from "@sst-gatehouse/edge/test/events";
import { bundleOf, peerNames, type PeerPair } from "../peers/build-peers.ts";
import { createEvents, tokenOfOldSignIn } from "../scenario.ts";

/** Paths of what a cold process loads, and of the event that it is asked with. */
export interface ColdPackages {
  readonly empty: string;
  readonly cryptoOnly: string;
  /** The guard with baked keys and client ids, as a deployment bakes them: the keys count as old. */
  readonly guard: string;
  /** The guard that has to ask Parameter Store for both. */
  readonly guardUnbaked: string;
  /** The guard of a stage with a list of ended sign-ins, which it reads while it loads. */
  readonly guardWithList: string;
  /** The guard of a stage whose backend looks ended sign-ins up. */
  readonly guardBeforeBackend: string;
  /** The guard that has to ask for keys, client ids and the list. */
  readonly guardUnbakedWithList: string;
  readonly bareHttps: string;
  readonly peers: ReadonlyMap<PeerPair, string>;
  readonly event: string;
}

/** Where the list of ended sign-ins is. */
export const listName = `${guardSettings.prefix}/${parameterNames.revoked}`;

/** What Parameter Store has to hold for the packages that ask it. */
export const parameters: Readonly<Record<string, string>> = {
  [`${guardSettings.prefix}/${parameterNames.jwks}`]: JSON.stringify(guardSettings.jwks),
  [`${guardSettings.prefix}/${parameterNames.client("web")}`]: webClient,
  [`${guardSettings.prefix}/${parameterNames.client("machine")}`]: machineClient,
  [listName]: noRevocations,
};

/** Lays out one directory per handler, the floors built like the guard. @param built with the guard's files. */
export async function layOutColdPackages(built: string, scratch: string): Promise<ColdPackages> {
  const { jwks, clients: _clients, ...unbaked } = guardSettings;
  const { fetchedAt: _fetchedAt, ...oldKeys } = jwks ?? { keys: [] };
  const deployed = { ...guardSettings, jwks: oldKeys };
  const revocation = { mode: "on", whenUnknown: "refuse" } as const;
  const event = join(scratch, "event.json");
  await writeFile(event, JSON.stringify(createEvents()(tokenOfOldSignIn())));
  const peers = join(built, "peers");
  await writeSettings(peers, deployed);
  return {
    peers: new Map(peerNames.map((name) => [name, bundleOf(peers, name)])),
    empty: await floor("empty"),
    cryptoOnly: await floor("crypto-only"),
    guard: await guard("guard", deployed),
    guardUnbaked: await guard("guard-unbaked", unbaked),
    guardWithList: await guard("guard-with-list", { ...deployed, revocation }),
    guardBeforeBackend: await guard("guard-before-backend", {
      ...deployed,
      revocation: { ...revocation, checkedBy: "backend" },
    }),
    guardUnbakedWithList: await guard("guard-unbaked-with-list", {
      ...unbaked,
      revocation,
    }),
    bareHttps: await floor("bare-https"),
    event,
  };

  async function guard(name: string, settings: GuardSettings): Promise<string> {
    const directory = join(scratch, name);
    await cp(built, directory, { recursive: true });
    await writeSettings(directory, settings);
    return join(directory, "lambda.cjs");
  }

  async function floor(name: string): Promise<string> {
    const directory = join(scratch, name);
    await mkdir(directory);
    await writeSettings(directory, unbaked);
    const outfile = join(directory, "lambda.cjs");
    await build({
      entryPoints: [join(import.meta.dirname, "handlers", `${name}.ts`)],
      outfile,
      bundle: true,
      platform: "node",
      target: "node22",
      format: "cjs",
      minify: true,
      external: ["./settings.json"],
      logLevel: "silent",
    });
    return outfile;
  }
}
