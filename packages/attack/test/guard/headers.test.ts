import { originRequestEvent } from "@sst-gatehouse/edge/test/events";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { draws, drawSeed } from "../draws.ts";
import { type AttackedGuard, loadAttackedGuard } from "./built-guard.ts";

let guard: AttackedGuard;
beforeAll(async () => {
  guard = await loadAttackedGuard();
});
afterAll(() => guard.close());

/** What a backend believes, or AWS does: names that a caller may not send, in any spelling. */
const believed = [
  "x-gatehouse-caller",
  "x-gatehouse-token",
  "x-gatehouse-authorization",
  "x-amz-security-token",
  "x-amz-date",
  "x-amz-content-sha256",
  "x-amzn-oidc-data",
  "x-amzn-oidc-identity",
  "x-amzn-request-context",
  "x-forwarded-host",
  "x-forwarded-prefix",
  "x-forwarded-user",
  "x-original-uri",
  "x-envoy-original-path",
  "x-replaced-path",
  "x-script-name",
  "x-middleware-subrequest",
  "x-auth-request-email",
  "remote-user",
  "tailscale-user-login",
  "x-ms-client-principal",
  "x-original-url",
  "x-rewrite-url",
  "x-http-method",
  "x-http-method-override",
  "x-method-override",
];
const believedStarts = [
  "x-gatehouse-",
  "x-amz-",
  "x-amzn-oidc-",
  "x-amzn-request-context",
  "x-http-method",
  "x-forwarded",
  "x-envoy-",
  "x-middleware-",
  "x-auth-request-",
  "remote-",
  "tailscale-",
  "x-ms-client-principal",
];

/** Some servers take `_` for `-`, and all of them any case. */
function isBelieved(name: string): boolean {
  const plain = name.toLowerCase().replaceAll("_", "-");
  return believed.includes(plain) || believedStarts.some((start) => plain.startsWith(start));
}

const harmless = ["x-trace", "x-gatehous", "x-am-z-date", "original-url", "gatehouse-caller"];

/** A name, spelled anew. */
const name = fc
  .tuple(
    fc.constantFrom(...believed, ...harmless),
    fc.array(fc.nat(3), { minLength: 30, maxLength: 30 }),
    fc.constantFrom("", "", "s", "-x", "_x", "-", "_"),
  )
  .map(([plain, choices, end]) =>
    Array.from(plain + end, (character, at) => {
      const choice = choices[at];
      if (character === "-") return choice === 0 ? "_" : "-";
      return choice === 0 ? character.toUpperCase() : character;
    }).join(""),
  );
/** As CloudFront gives them: each name once, whatever its case. */
const names = fc.uniqueArray(name, { selector: (one) => one.toLowerCase(), maxLength: 8 });
const marker = "from-the-viewer";

async function received(headers: Readonly<Record<string, string>>) {
  const authorization = `Bearer ${guard.token}`;
  const result = await guard.handle(
    originRequestEvent({ uri: "/echo/x", headers: { ...headers, authorization } }),
  );
  if (!result || "status" in result) throw new Error("the guard has not let it through");
  return Object.entries(result.headers).flatMap(([at, lines]) =>
    lines.map(({ key, value }) => ({ name: key ?? at, value })),
  );
}

test("no header that a backend believes arrives as the viewer has sent it, and others do", async () => {
  const isCaller = (line: { readonly name: string }) =>
    line.name.toLowerCase().replaceAll("_", "-") === "x-gatehouse-caller";
  const ours = (await received({})).filter(isCaller);
  expect(ours).toHaveLength(1);
  const seed = drawSeed("headers that a backend believes");
  await fc.assert(
    fc.asyncProperty(names, async (sent) => {
      const lines = await received(Object.fromEntries(sent.map((one) => [one, marker])));
      const arrived = lines.filter(({ value }) => value.includes(marker)).map((line) => line.name);
      expect(arrived.toSorted()).toEqual(sent.filter((one) => !isBelieved(one)).toSorted());
      expect(lines.filter(isCaller)).toEqual(ours);
    }),
    { seed, numRuns: draws },
  );
});
