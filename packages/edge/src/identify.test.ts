import type { HttpHeaders } from "@sst-gatehouse/core/http-request";
import { expect, test } from "vitest";

import {
  alice,
  type KnownTokens,
  refused,
  requestWith,
  session,
  verifierOf,
} from "../test/known-tokens.ts";
import { createIdentify } from "./identify.ts";

const tokens: KnownTokens = {
  bearer: {
    ...session,
    sub: "sub-of-bob",
    caller: { ...alice, groups: [], scopes: [], sub: "sub-of-bob" },
  },
  ...refused,
};

function setUp() {
  const { asked, verifyToken } = verifierOf(tokens);
  const identify = createIdentify(verifyToken);
  return { asked, identify: async (headers: HttpHeaders) => identify(requestWith(headers)) };
}

test("nobody, without a header", async () => {
  const { identify, asked } = setUp();
  expect(await identify({})).toEqual({ caller: { kind: "anonymous" } });
  expect(asked).toEqual([]);
});

test("the bearer of a token, which could be passed on", async () => {
  const { identify } = setUp();
  expect(await identify({ authorization: ["Bearer eyJbearer"] })).toEqual({
    caller: { ...alice, sub: "sub-of-bob" },
    token: tokens["bearer"],
    bearer: "eyJbearer",
  });
});

const bad: [authorization: string[], code: string][] = [
  [["Bearer eyJexpired"], "token_expired"],
  [["Bearer eyJrevoked"], "token_revoked"],
  [["Bearer eyJkeyless"], "keys_unavailable"],
  [["Bearer eyJnonsense"], "token_malformed"],
  [["Bearer nonsense"], "token_malformed"],
  [[`Bearer ${"x".repeat(12 * 1024 + 1)}`], "token_too_large"],
  [["Bearer"], "token_malformed"],
  [["Bearer eyJbearer eyJbearer"], "token_malformed"],
  [["Bearer eyJbearer", "Bearer eyJbearer"], "token_malformed"],
  [["Basic YTpi"], "token_missing"],
  [[""], "token_missing"],
];
test.each(bad)("%j is refused as %s", async (authorization, code) => {
  const { identify } = setUp();
  await expect(identify({ authorization })).rejects.toMatchObject({ code });
});
