import { draws } from "@sst-gatehouse/testkit/draws";
import { describe, expect, test } from "vitest";

import { countArrived } from "./corpus/count-arrived.ts";
import { guardedChainOfFile } from "./corpus/guarded-chain.ts";
import { echoOf } from "./corpus/outcome.ts";
import { needs } from "./support/requirements.ts";

const requests = draws(1000, 20_000);

const guardedChain = guardedChainOfFile();

describe("without sockets", () => {
  needs("no chain");

  test("whatever a client means, the signature is right and the backend sees it", async () => {
    const guarded = await guardedChain();
    const arrived = await countArrived(requests, async ({ request }) => {
      const headers = [...request.headers, guarded.authorization];
      const outcome = await guarded.chain.send(guarded.guard, { ...request, headers });
      if (outcome.kind === "arrived") return echoOf(outcome.event);
      return `${outcome.by} ${outcome.code ?? outcome.reason}`;
    });
    expect(arrived).toBeGreaterThan(requests * 0.9);
  }, 240_000);
});
