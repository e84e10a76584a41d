import { sign } from "@octokit/webhooks-methods";
import Stripe from "stripe";
import { expect, test } from "vitest";

import { secrets } from "../apps/webhooks";
import { playedGate } from "./gate";

const gate = playedGate();

/** Each is another text when somebody decodes and encodes it again. */
const bodies: [what: string, body: string][] = [
  ["spaces and escapes that a parser would drop", '{ "id":"evt_1",\t"a":"\\u00fc\\/" }'],
  ["line separators, an emoji and a combining mark", '{"id":"evt_1","a":"\u2028\u2029😀u\u0308"}'],
  ["line ends of both kinds, the last at the end", '{\r\n"id":"evt_1"\n}\n'],
  ["numbers that a parser would round", '{"id":"evt_1","n":12345678901234567890.10}'],
];

const post = (path: string, body: string, headers: Record<string, string>) =>
  gate.current.fetch(`/public/webhooks${path}`, { method: "POST", body, headers });

test.each(bodies)("Stripe's signature over %s holds", async (_what, body) => {
  const header = Stripe.webhooks.generateTestHeaderString({
    payload: body,
    secret: secrets.stripe,
  });
  const send = (sent: string) =>
    post("/stripe", sent, {
      "content-type": "application/json; charset=utf-8",
      "stripe-signature": header,
      "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    });
  const answer = await send(body);
  expect([answer.status, await answer.json()]).toEqual([200, { received: "evt_1" }]);
  const changed = await send(`${body} `);
  expect([changed.status, await changed.json()]).toEqual([
    400,
    { error: expect.stringContaining("No signatures found matching the expected signature") },
  ]);
});

test.each([
  ...bodies.map(([what, body]) => [what, "application/json", body] as const),
  [
    "a form",
    "application/x-www-form-urlencoded",
    `payload=${encodeURIComponent('{"a":"ü *~"}').replaceAll("%20", "+")}`,
  ] as const,
])("GitHub's signature over %s holds", async (_what, type, body) => {
  const signature = await sign(secrets.github, body);
  const send = (sent: string) =>
    post("/github", sent, {
      "content-type": type,
      "user-agent": "GitHub-Hookshot/044aadd",
      "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
      "x-github-event": "push",
      "x-hub-signature-256": signature,
    });
  const answer = await send(body);
  expect([answer.status, await answer.json()]).toEqual([200, { event: "push" }]);
  expect((await send(`${body}\n`)).status).toBe(401);
});

test("a push event of more than 1 MB is told what its sender cannot follow", async () => {
  const body = JSON.stringify({ commits: "x".repeat(1_200_000) });
  const answer = await post("/github", body, {
    "x-hub-signature-256": await sign(secrets.github, body),
  });
  expect([answer.status, answer.code]).toEqual([413, "body_hash_required"]);
});
