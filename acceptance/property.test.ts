import { draws } from "@sst-gatehouse/testkit/draws";
import { expect, test } from "vitest";

import { countArrived } from "./corpus/count-arrived.ts";
import { sendRaw } from "./corpus/raw-client.ts";
import { loadTarget } from "./support/target.ts";

const requests = draws(100, 1000);

test("whatever a client means over the wire, the backend sees it", async () => {
  const target = loadTarget();
  const token = ["Authorization", `Bearer ${target.tokens.access}`] as const;
  const arrived = await countArrived(requests, async ({ request }) => {
    // HEAD would be answered without a body to look into.
    const method = request.method === "HEAD" ? "GET" : request.method;
    const { status, body } = await sendRaw(target.appUrl, { ...request, method }, [token]);
    const answer = JSON.parse(body.toString("utf8"));
    if (status === 200) return { ...answer, method: request.method };
    return `guard ${answer.code}`;
  });
  expect(arrived).toBeGreaterThan(requests * 0.9);
}, 120_000);
