import { type AccessOptions, type AccessRules, defineAccess } from "@sst-gatehouse/core/access";
import type { Caller } from "@sst-gatehouse/core/caller";
import { explain } from "@sst-gatehouse/deploy/explain";
import { accessKey, issuer, machineClient } from "@sst-gatehouse/edge/test/events";
import { type Bench, createBench, type Outcome } from "@sst-gatehouse/edge/test/test-browser";
import { machineClaims, mint } from "@sst-gatehouse/testkit/tokens";
import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { draws, drawSeed } from "../draws.ts";
import { hostilePath } from "../paths/hostile-path.ts";

const patterns = ["/*", "/public/*", "/admin/*", "/Admin/x", "/reports/*", "/reports/7", "/x*"];
const groups = ["admin", "staff"];
const scopes = ["api/read", "api/write"];

const some = (names: readonly string[]) => fc.subarray([...names], { minLength: 1 });
const granted = fc.oneof(
  fc.constantFrom("anyone" as const, "signed-in" as const),
  fc.record({ groups: some(groups), scopes: some(scopes) }, { requiredKeys: ["groups"] }),
  fc.record({ scopes: some(scopes) }),
);
const rule = fc.tuple(
  fc.tuple(fc.constantFrom("", "", "POST ", "GET "), fc.constantFrom(...patterns)),
  granted,
);

/** Rules that `defineAccess` takes. */
function drawRules(seed: number, count: number): readonly AccessRules[] {
  const found: AccessRules[] = [];
  for (let attempt = 0; found.length < count; attempt += 1) {
    const [drawn = []] = fc.sample(fc.array(rule, { minLength: 1, maxLength: 6 }), {
      seed: seed + attempt,
      numRuns: 1,
    });
    const options: AccessOptions<string> = {
      scopes,
      rules: Object.fromEntries(drawn.map(([name, access]) => [name.join(""), access])),
      // Where the rules leave it none, there is none.
      ...(attempt % 2 === 0 && { resource: { path: "/admin", scopes: ["api/read"] } }),
    };
    try {
      found.push(defineAccess(options));
    } catch {
      // a public /*, a duplicate, a rule that is never reached
    }
  }
  return found;
}

interface Asker {
  readonly caller: Caller;
  readonly headers: Readonly<Record<string, string>>;
}

let askers: readonly Asker[];
let benches: readonly { readonly access: AccessRules; readonly bench: Bench }[];
const seed = drawSeed("what rules explain says, and what the guard does");
beforeAll(() => {
  benches = drawRules(seed, 40).map((access) => ({
    access,
    bench: createBench(undefined, { access }),
  }));
  const bench = createBench();
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const people = [[], ["admin"], ["staff"], groups].flatMap((of) =>
    [["openid"], ["openid", "api/read"], ["openid", ...scopes]].map((held): Asker => {
      const token = bench.cognito.accessToken({
        sub: "s",
        username: "u",
        groups: of,
        scopes: held,
      });
      return {
        caller: { kind: "user", sub: "s", username: "u", groups: of, scopes: held },
        headers: bearer(token),
      };
    }),
  );
  const machines = [["api/read"], scopes].map((held): Asker => {
    const claims = machineClaims({
      issuer,
      clientId: machineClient,
      now: bench.clock.now(),
      scopes: held,
    });
    return {
      caller: { kind: "client", clientId: machineClient, scopes: held },
      headers: bearer(mint({ key: accessKey, claims })),
    };
  });
  askers = [{ caller: { kind: "anonymous" }, headers: {} }, ...people, ...machines];
});

function at<T>(list: readonly T[], index: number): T {
  const one = list[index];
  if (one === undefined) throw new RangeError(`there is no ${index}`);
  return one;
}

/** As the guard answers. */
function seen({ status, code, body }: Outcome) {
  if (status === 0) return { kind: "admitted" };
  const { detail }: { detail: string } = JSON.parse(body);
  return { kind: "refused", status, code, detail };
}

test("rules explain says of every request what the guard does, in its words", async () => {
  const counts = new Map<string, number>();
  const plain = [
    "/",
    "/public/x",
    "/admin/x",
    "/Admin/x",
    "/reports/7",
    "/reports",
    "/x",
    "/.auth/zz",
    "/register",
    "/.well-known/oauth-protected-resource/admin",
    "/register",
    "/.well-known/oauth-protected-resource/admin",
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.nat(benches.length - 1),
      fc.nat(askers.length - 1),
      fc.constantFrom("GET", "GET", "POST", "POST", "HEAD", "DELETE", "OPTIONS", "TRACE"),
      hostilePath(plain),
      async (rules, who, method, path) => {
        const { access, bench } = at(benches, rules);
        const { caller, headers } = at(askers, who);
        const { outcome } = explain(access, { method, path, caller });
        counts.set(outcome.kind, (counts.get(outcome.kind) ?? 0) + 1);
        const done = await bench.send({ method, uri: path, headers });
        // What the guard answers at its own addresses is their own matter.
        const own = outcome.kind === "guard" && done.status > 0;
        expect(own ? outcome : seen(done)).toEqual(outcome);
      },
    ),
    { seed, numRuns: draws },
  );
  for (const kind of ["admitted", "refused", "guard"])
    expect([kind, counts.has(kind)]).toEqual([kind, true]);
});
