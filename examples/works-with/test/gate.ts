import { createHash } from "node:crypto";
import { join } from "node:path";

import { createFetch } from "sst-gatehouse/client";
import { type Gatehouse, startGatehouse } from "sst-gatehouse-dev/testing";
import { afterAll, beforeAll } from "vitest";

export interface Played extends Gatehouse {
  /** The product's own client, as a program uses it: it renews the token when it has expired. */
  readonly call: typeof fetch;
}

/** A gate for the tests of a file. @param folder of the example; this one's when left out. */
export function playedGate(folder = "works-with"): { readonly current: Played } {
  let gate: Played | undefined;
  beforeAll(async () => {
    const started = await startGatehouse({ root: join(import.meta.dirname, "../..", folder) });
    const alice = started.as("alice");
    let token = await alice.token();
    const call = createFetch({
      origin: started.url,
      token: () => token,
      async refresh() {
        token = await alice.token();
        return true;
      },
    });
    gate = { ...started, call };
  });
  afterAll(() => gate?.close());
  return {
    get current() {
      if (gate === undefined) throw new Error("the gate has not started");
      return gate;
    },
  };
}

/** Bytes that no text encoding keeps, the same each time. */
export function seededBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let index = 0, state = 1; index < length; index += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    bytes[index] = state >> 16;
  }
  return bytes;
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
