import { machineClaims, mint } from "@sst-gatehouse/testkit/tokens";
import { describe, expect, test } from "vitest";

import { accessKey, givingPeople, issuer, machineClient } from "./events.ts";
import { type Bench, createBench, fetched } from "./test-browser.ts";

/** A path for each kind of rule in `access.ts`, where `scopes` are `api/read`. */
const pathOf = {
  anyone: "/public/x",
  signedIn: "/x",
  groups: "/admin/x",
  scopes: "/jobs/x",
  both: "/reports/x",
} as const;
type Rule = keyof typeof pathOf;

interface Person {
  readonly sub: string;
  readonly groups: readonly string[];
}
const alice: Person = { sub: "alice", groups: [] };
const ada: Person = { sub: "ada", groups: ["admin"] };

/** What a carrier gets by each rule: 0 for a request that goes on, else the status and the code. */
type Answers = Readonly<Record<Rule, string | 0>>;

/** Sends a request as this carrier does; signed in before, where it is a session. */
type Carrier = (bench: Bench, peopleScopes: readonly string[]) => Promise<Bench["browse"]>;

const bearing =
  (tokenOf: (bench: Bench, peopleScopes: readonly string[]) => string): Carrier =>
  async (bench, peopleScopes) => {
    const authorization = `Bearer ${tokenOf(bench, peopleScopes)}`;
    return (uri) => bench.send({ uri, headers: { authorization } });
  };

const session =
  (person: Person): Carrier =>
  async (bench) => {
    Object.assign(bench.cognito, { user: person.sub, groups: person.groups });
    await bench.signIn();
    return (path) => bench.browse(path, { headers: fetched });
  };
const accessToken = (person: Person): Carrier =>
  bearing((bench, peopleScopes) =>
    bench.cognito.accessToken({ ...person, scopes: ["openid", ...peopleScopes] }),
  );
const idToken = ({ sub, groups }: Person): Carrier =>
  bearing((bench) => bench.cognito.idToken({ sub, "cognito:groups": groups }));
const machine = (scope: string): Carrier =>
  bearing(({ clock }) => {
    const about = { issuer, clientId: machineClient, now: clock.now(), scopes: [scope] };
    return mint({ key: accessKey, claims: machineClaims(about) });
  });

const nobody: Answers = {
  anyone: 0,
  signedIn: "401 token_missing",
  groups: "401 token_missing",
  scopes: "401 token_missing",
  both: "401 token_missing",
};
const admitted = (...rules: readonly Rule[]): Answers => ({
  anyone: 0,
  signedIn: 0,
  groups: "403 access_denied",
  scopes: "403 access_denied",
  both: "403 access_denied",
  ...Object.fromEntries(rules.map((rule) => [rule, 0])),
});

const table: readonly (readonly [
  who: string,
  carrier: Carrier,
  without: Answers,
  withRead: Answers,
])[] = [
  [
    "nobody",
    async ({ send }) =>
      (uri) =>
        send({ uri, headers: fetched }),
    nobody,
    nobody,
  ],
  ["alice's session", session(alice), admitted(), admitted()],
  ["alice's access token", accessToken(alice), admitted(), admitted()],
  ["alice's ID token", idToken(alice), admitted(), admitted()],
  ["an administrator's session", session(ada), admitted("groups"), admitted("groups", "both")],
  [
    "an administrator's access token",
    accessToken(ada),
    admitted("groups"),
    admitted("groups", "both"),
  ],
  ["an administrator's ID token", idToken(ada), admitted("groups"), admitted("groups")],
  [
    "a machine with the scope",
    machine("api/read"),
    admitted("scopes", "both"),
    admitted("scopes", "both"),
  ],
  ["a machine with another scope", machine("api/write"), admitted(), admitted()],
];

async function answersFor(carrier: Carrier, ...peopleScopes: readonly string[]) {
  const bench = createBench(givingPeople(...peopleScopes));
  const send = await carrier(bench, peopleScopes);
  const answers: [string, string | 0][] = [];
  for (const [rule, path] of Object.entries(pathOf)) {
    const { status, code } = await send(path);
    answers.push([rule, status === 0 ? 0 : `${status} ${code}`]);
  }
  return Object.fromEntries(answers);
}

describe.each(table)("%s, by each kind of rule", (_who, carrier, without, withRead) => {
  test("where people have no scopes of the API", async () => {
    expect(await answersFor(carrier)).toEqual(without);
  });

  test("where the stage gives people api/read", async () => {
    expect(await answersFor(carrier, "api/read")).toEqual(withRead);
  });
});
