import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  type Access,
  type AccessRules,
  decide,
  type Decision,
  defineAccess,
  selectRule,
  takesOwnAuthorization,
} from "./access.ts";
import type { Caller } from "../caller.ts";
import { GuardError } from "../errors.ts";

const user = (groups: string[], scopes: string[]): Caller => ({
  kind: "user",
  sub: "s",
  username: "u",
  groups,
  scopes,
});
const client = (...scopes: string[]): Caller => ({ kind: "client", clientId: "c", scopes });
const service = (role: string): Caller => ({
  kind: "service",
  arn: `arn:aws:sts::111122223333:assumed-role/${role}/session`,
});

const callers: Record<string, Caller> = {
  anonymous: { kind: "anonymous" },
  "id token": user([], []),
  "id token, admin": user(["admin"], []),
  "access token": user([], ["openid"]),
  "access token, reader": user([], ["openid", "api/read"]),
  "access token, admin": user(["x", "admin"], ["openid"]),
  "access token, admin reader": user(["admin"], ["api/read"]),
  machine: client("api/other"),
  "machine reader": client("api/other", "api/read"),
  "machine writer": client("api/write"),
  nightly: service("Nightly"),
  stranger: service("NightlyX"),
};

const rules = defineAccess({
  scopes: ["api/read", "api/write", "api/other"],
  rules: {
    "/anyone": "anyone",
    "/signed-in": "signed-in",
    "/groups": { groups: ["admin", "staff"] },
    "/scopes": { scopes: ["api/read"] },
    "/both": { groups: ["admin"], scopes: ["api/read"] },
    "POST /both": { groups: ["admin"], scopes: ["api/write"] },
    "/services": { services: ["arn:aws:iam::111122223333:role/Nightly"] },
    "/scopes-services": {
      scopes: ["api/read"],
      services: ["arn:aws:iam::111122223333:role/Nightly"],
    },
  },
});

const groups = { groups: ["admin"] };
const staff = { groups: ["admin", "staff"] };
const read = { scopes: ["api/read"] };
const write = { scopes: ["api/write"] };

/** `yes`, `no` (nothing would help), `who` (sign in), or what is missing. */
type Answer = "yes" | "no" | "who" | { groups?: string[]; scopes?: string[] };
const table: Record<string, Record<string, Answer>> = {
  anonymous: {
    "/anyone": "yes",
    "/signed-in": "who",
    "/groups": "who",
    "/scopes": "who",
    "/both": "who",
    "POST /both": "who",
    "/services": "who",
    "/scopes-services": "who",
    "/none": "no",
  },
  "id token": {
    "/anyone": "yes",
    "/signed-in": "yes",
    "/groups": staff,
    "/scopes": "no",
    "/both": { ...groups, ...read },
    "POST /both": { ...groups, ...write },
    "/services": "no",
    "/scopes-services": "no",
    "/none": "no",
  },
  "id token, admin": {
    "/anyone": "yes",
    "/signed-in": "yes",
    "/groups": "yes",
    "/scopes": "no",
    "/both": read,
    "POST /both": write,
    "/services": "no",
    "/scopes-services": "no",
    "/none": "no",
  },
  "access token": {
    "/anyone": "yes",
    "/signed-in": "yes",
    "/groups": staff,
    "/scopes": "no",
    "/both": { ...groups, ...read },
    "POST /both": { ...groups, ...write },
    "/services": "no",
    "/scopes-services": "no",
    "/none": "no",
  },
  "access token, reader": {
    "/anyone": "yes",
    "/signed-in": "yes",
    "/groups": staff,
    "/scopes": "no",
    "/both": groups,
    "POST /both": { ...groups, ...write },
    "/services": "no",
    "/scopes-services": "no",
    "/none": "no",
  },
  "access token, admin": {
    "/anyone": "yes",
    "/signed-in": "yes",
    "/groups": "yes",
    "/scopes": "no",
    "/both": read,
    "POST /both": write,
    "/services": "no",
    "/scopes-services": "no",
    "/none": "no",
  },
  "access token, admin reader": {
    "/anyone": "yes",
    "/signed-in": "yes",
    "/groups": "yes",
    "/scopes": "no",
    "/both": "yes",
    "POST /both": write,
    "/services": "no",
    "/scopes-services": "no",
    "/none": "no",
  },
  machine: {
    "/anyone": "yes",
    "/signed-in": "yes",
    "/groups": "no",
    "/scopes": read,
    "/both": read,
    "POST /both": write,
    "/services": "no",
    "/scopes-services": read,
    "/none": "no",
  },
  "machine reader": {
    "/anyone": "yes",
    "/signed-in": "yes",
    "/groups": "no",
    "/scopes": "yes",
    "/both": "yes",
    "POST /both": write,
    "/services": "no",
    "/scopes-services": "yes",
    "/none": "no",
  },
  "machine writer": {
    "/anyone": "yes",
    "/signed-in": "yes",
    "/groups": "no",
    "/scopes": read,
    "/both": read,
    "POST /both": "yes",
    "/services": "no",
    "/scopes-services": read,
    "/none": "no",
  },
  nightly: {
    "/anyone": "yes",
    "/signed-in": "yes",
    "/groups": "no",
    "/scopes": "no",
    "/both": "no",
    "POST /both": "no",
    "/services": "yes",
    "/scopes-services": "yes",
    "/none": "no",
  },
  stranger: {
    "/anyone": "yes",
    "/signed-in": "yes",
    "/groups": "no",
    "/scopes": "no",
    "/both": "no",
    "POST /both": "no",
    "/services": "no",
    "/scopes-services": "no",
    "/none": "no",
  },
};

function expectedDecision(answer: Answer, rule: string | undefined): Decision {
  if (answer === "yes" && rule !== undefined) return { allowed: true, rule };
  if (answer === "who") return { allowed: false, rule, code: "token_missing" };
  return {
    allowed: false,
    rule,
    code: "access_denied",
    ...(typeof answer === "object" && { missing: answer }),
  };
}

describe.each(Object.entries(callers))("%s", (name, caller) => {
  const rows = Object.entries(table[name] ?? {}).flatMap(([place, answer]) => {
    const rule = place === "/none" ? undefined : place;
    const decision = expectedDecision(answer, rule);
    const [path = "", method] = place.split(" ").toReversed();
    // GET covers HEAD, and a rule without a method covers all that have no rule of their own.
    const methods = method
      ? [method]
      : ["GET", "HEAD", "PUT", "DELETE", ...(path === "/both" ? [] : ["POST"])];
    return methods.map((each): [string, string, Decision] => [each, path, decision]);
  });

  test.each(rows)("%s %s: %j", (method, path, decision) => {
    expect(decide(rules, { method, path }, caller)).toStrictEqual(decision);
  });
});

test("the table has every caller and every place", () => {
  expect(Object.keys(table)).toEqual(Object.keys(callers));
  const places = [...rules.rules.map(({ text }) => text), "/none"].toSorted();
  for (const answers of Object.values(table))
    expect(Object.keys(answers).toSorted()).toEqual(places);
});

test("groups and scopes of the prototype's names admit nobody by accident", () => {
  const strange = defineAccess({
    scopes: ["__proto__"],
    rules: { "/x": { groups: ["constructor"], scopes: ["__proto__"] } },
  });
  expect(decide(strange, { method: "GET", path: "/x" }, user([], []))).toMatchObject({
    allowed: false,
  });
  expect(decide(strange, { method: "GET", path: "/x" }, client())).toMatchObject({
    allowed: false,
  });
  expect(
    decide(strange, { method: "GET", path: "/x" }, user(["constructor"], ["__proto__"])),
  ).toEqual({ allowed: true, rule: "/x" });
  expect(
    decide(strange, { method: "GET", path: "/__proto__" }, user(["constructor"], [])),
  ).toMatchObject({ allowed: false });
});

describe("which rule decides", () => {
  const many = defineAccess({
    scopes: [],
    rules: {
      "/*": "signed-in",
      "/a/*": "signed-in",
      "POST /a/*": "signed-in",
      "/a/b*": "signed-in",
      "GET /a/b*": "signed-in",
      "/a/b/exact": "signed-in",
      "DELETE /a/b/exact/deep": "signed-in",
      "GET /get/*": "signed-in",
      "HEAD /both/*": "signed-in",
      "GET /both/*": "signed-in",
      "/both/*": "signed-in",
      "HEAD /far/*": "signed-in",
      "GET /far/off/*": "signed-in",
      "/Case/*": "signed-in",
    },
  });

  test.each([
    ["GET", "/", "/*"],
    ["GET", "/b", "/*"],
    ["GET", "/a", "/a/*"],
    ["GET", "/a/", "/a/*"],
    ["GET", "/ab", "/*"],
    ["GET", "/a/c/d", "/a/*"],
    ["POST", "/a/c", "POST /a/*"],
    ["POST", "/a", "POST /a/*"],
    ["GET", "/a/b", "GET /a/b*"],
    ["POST", "/a/bc", "/a/b*"],
    ["PUT", "/a/b/exact", "/a/b/exact"],
    ["GET", "/a/b/exact", "/a/b/exact"],
    ["DELETE", "/a/b/exact/deep", "DELETE /a/b/exact/deep"],
    ["PUT", "/a/b/exact/deep", "/a/b*"],
    ["GET", "/get/x", "GET /get/*"],
    ["HEAD", "/get/x", "GET /get/*"],
    ["POST", "/get/x", "/*"],
    ["OPTIONS", "/get/x", "/*"],
    ["HEAD", "/both/x", "HEAD /both/*"],
    ["GET", "/both/x", "GET /both/*"],
    ["PUT", "/both/x", "/both/*"],
    ["HEAD", "/far/off/x", "GET /far/off/*"],
    ["GET", "/far/x", "/*"],
    ["get", "/get/x", "/*"],
    ["GET", "/Case/x", "/Case/*"],
  ])("%s %s: %s", (method, path, rule) => {
    expect(selectRule(many, { method, path })).toBe(rule);
  });

  test("the order in which rules are written changes nothing", () => {
    const written = many.rules.map(({ text }): [string, Access<never>] => [text, "signed-in"]);
    fc.assert(
      fc.property(fc.shuffledSubarray(written, { minLength: written.length }), (shuffled) => {
        const again = defineAccess({ scopes: [], rules: Object.fromEntries(shuffled) });
        for (const path of ["/a", "/a/b", "/a/b/exact", "/both/x", "/get/x", "/far/off/x"]) {
          for (const method of ["GET", "HEAD", "POST", "DELETE"]) {
            expect(selectRule(again, { method, path })).toBe(selectRule(many, { method, path }));
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test("nothing is covered where there are no rules", () => {
    expect(
      selectRule(defineAccess({ scopes: [], rules: {} }), { method: "GET", path: "/" }),
    ).toBeUndefined();
  });
});

describe("a path that another reader takes for another path", () => {
  const guarded = defineAccess({
    scopes: [],
    rules: {
      "/*": "signed-in",
      "/public/*": "anyone",
      "/admin/*": { groups: ["admin"] },
      "/Upper/*": "signed-in",
      "/exact/here": "anyone",
    },
  });

  /** Each reading is the only one that catches some row; the comment names it. */
  test.each([
    ["/public/%2e%2e/admin/x", "path_malformed"],
    ["/public/..%2Fadmin/x", "path_malformed"],
    ["/public/..;/admin/x", "path_malformed"],
    [String.raw`/public\..\admin\x`, "path_malformed"],
    ["/ad\tmin/x", "path_malformed"],
    ["/admin#/public/x", "path_malformed"],
    ["/admin?/public/x", "path_malformed"],
    ["/admin\0/x", "path_malformed"],
    ["/public/%00/../admin", "path_malformed"],
    ["/\u00E4", "path_malformed"],
    ["/%FF", "path_malformed"],
    ["/%61dmin/x", "path_ambiguous"], // decoded once
    ["/%2561dmin/x", "/*"], // … and not twice: the backend decodes once, to a path that no rule names
    ["/admin%2Fx", "path_ambiguous"], // %2F
    ["/admin%2fx", "path_ambiguous"],
    ["/admin%5Cx", "path_ambiguous"], // %5C
    ["/admin;x/y", "path_ambiguous"], // parameters cut
    ["/exact/here/", "path_ambiguous"], // last slash dropped
    ["/admin%3Bx/y", "path_ambiguous"], // parameters cut after decoding
    ["/;x%2Fy/admin%2Fx", "path_ambiguous"], // parameters cut before separators
    ["/exact/here;/x", "path_ambiguous"], // the first ; begins the query
    ["/admin%3Fx", "path_ambiguous"], // ? begins the query after decoding
    ["/exact/here%23/x", "path_ambiguous"], // # ends the path after decoding
    ["/exact/here%20", "path_ambiguous"], // spaces at the end dropped after decoding
    ["/public/%252e%252E/admin/x", "path_malformed"], // dots that a URL parser sees after decoding
    ["/%61;p%2F%5C%09%3Bq//A/%3F/", "path_ambiguous"], // too many readings to look at
    ["/ad%09min/x", "path_ambiguous"], // tab
    ["/ad%0Amin/x", "path_ambiguous"], // LF
    ["/ad%0dmin/x", "path_ambiguous"], // CR
    ["//admin/x", "path_ambiguous"], // merged
    ["/ADMIN/x", "path_ambiguous"], // lower-cased path
    ["/upper/x", "path_ambiguous"], // lower-cased rules
    ["/UPPER/x", "path_ambiguous"],
    ["/%E2%84%AA/../admin", "path_malformed"],
    ["/;a%2F/%41D%09MIN%5Cx", "path_ambiguous"],
    ["/Upper/x", "/Upper/*"],
    ["/echo/a%2Fb", "/*"],
    ["/echo//b;c/%C3%A4", "/*"],
    ["/files/a%3Fb", "/*"],
    ["/files/a%23b", "/*"],
    ["/files/a;b/c", "/*"],
    ["/admin%253Fx", "/*"],
    ["/public/ADMIN%2Fx", "/public/*"],
    ["/admin/%2F%2F%09;x", "/admin/*"],
  ])("%j: %s", (path, expected) => {
    expect(outcome(() => selectRule(guarded, { method: "GET", path }))).toBe(expected);
    const anonymous: Caller = { kind: "anonymous" };
    expect(outcome(() => decide(guarded, { method: "GET", path }, anonymous).rule)).toBe(expected);
  });

  test("a rule for /x* covers the second addresses that frameworks serve a page at", () => {
    const twins = ["/x", "/x.data", "/x/__data.json", "/x.json"];
    const select = (pattern: string) => {
      const asked = { "/*": "signed-in", [pattern]: { groups: ["admin"] } } as const;
      const built = defineAccess({ scopes: [], rules: asked });
      return twins.map((path) => selectRule(built, { method: "GET", path }));
    };
    expect(select("/x*")).toEqual(["/x*", "/x*", "/x*", "/x*"]);
    expect(select("/x")).toEqual(["/x", "/*", "/*", "/*"]);
  });

  test("a rule for another method makes no path ambiguous", () => {
    const posting = defineAccess({
      scopes: [],
      rules: { "/*": "signed-in", "POST /admin/*": { groups: ["admin"] } },
    });
    expect(selectRule(posting, { method: "GET", path: "/ADMIN/x" })).toBe("/*");
    expect(() => selectRule(posting, { method: "POST", path: "/ADMIN/x" })).toThrow(
      expect.objectContaining({ code: "path_ambiguous" }),
    );
  });

  test("no spelling of a guarded path falls under another rule", () => {
    const spellings = fc
      .tuple(...Array.from("admin/x", spell))
      .map((pieces) => `/${pieces.join("")}`);
    fc.assert(
      fc.property(spellings, (path) => {
        expect(
          ["/admin/*", "path_ambiguous"].includes(
            outcome(() => selectRule(guarded, { method: "GET", path })) ?? "",
          ),
        ).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

/** What comes back, or the code of the refusal. */
function outcome(select: () => string | undefined): string | undefined {
  try {
    return select();
  } catch (error) {
    if (error instanceof GuardError) return error.code;
    throw error;
  }
}

/** The spellings of one character of a path. */
function spell(character: string): fc.Arbitrary<string> {
  if (character === "/")
    return fc.constantFrom("/", "//", "%2F", "%2f", "%5c", ";p/", "%3Bp/", ";%2F/", "/;p/");
  const upper = character.toUpperCase();
  const [escaped, upperEscaped] = [character, upper].map(
    (each) => `%${each.charCodeAt(0).toString(16)}`,
  );
  return fc.constantFrom(
    character,
    upper,
    `${escaped}`,
    `${upperEscaped}`,
    `%09${character}`,
    `${character}%0D`,
  );
}

/** Past the types, as a rule set in JavaScript would come. */
function define(options: object): AccessRules {
  return Reflect.apply(defineAccess, undefined, [options]);
}

describe("an exact rule", () => {
  const visitor = { kind: "anonymous" } as const;
  test.each([
    ["GET /v1/*", "GET", "/v1/x"],
    ["POST /v1/*", "POST", "/v1/x"],
  ])("wins over %s, which is as long", (wildcard, method, path) => {
    const build = (list: Record<string, Access<never>>) =>
      defineAccess({ scopes: [], rules: list });
    const exact = { [path]: { groups: ["admin"] } };
    for (const list of [
      build({ "/*": "signed-in", [wildcard]: "anyone", ...exact }),
      build({ "/*": "signed-in", ...exact, [wildcard]: "anyone" }),
    ]) {
      expect(decide(list, { method, path }, visitor)).toEqual({
        allowed: false,
        rule: path,
        code: "token_missing",
      });
    }
  });

  test("that a longer rule for one method would pass over is a mistake", () => {
    const list: Record<string, Access<never>> = {
      "GET /a/*": "anyone",
      "/a": { groups: ["admin"] },
    };
    expect(() => defineAccess({ scopes: [], rules: list })).toThrow(
      'access rule "/a" is passed over for GET, because "GET /a/*" is longer and covers that path too',
    );
  });
});

describe("building", () => {
  const misuses: [why: string, rules: Record<string, unknown>, named: RegExp][] = [
    [
      "a path that differs by case only",
      { "/a/*": "signed-in", "/A/*": "signed-in" },
      /"\/A\/\*" is a duplicate of "\/a\/\*"/,
    ],
    [
      "the same with a method",
      { "POST /a": "signed-in", "POST /A": "signed-in" },
      /"POST \/A" is a duplicate of "POST \/a"/,
    ],
    [
      "a path that a longer pattern covers",
      { "/a": "signed-in", "/a/*": "signed-in" },
      /"\/a" is never reached/,
    ],
    [
      "the same with a method",
      { "POST /a": "signed-in", "/a/*": "signed-in" },
      /"POST \/a" is never reached/,
    ],
    [
      "a path that is ambiguous whatever happens",
      { "/A": "signed-in", "/a*": "signed-in" },
      /"\/A" is never reached/,
    ],
    [
      "a pattern with a rule for every method",
      {
        "/a": "signed-in",
        ...Object.fromEntries(
          ["GET", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"].map((method) => [
            `${method} /a`,
            "signed-in",
          ]),
        ),
      },
      /"\/a" is never reached/,
    ],
    ["everything public", { "/*": "anyone" }, /"\/\*": everything would be public/],
    [
      "everything public for a method",
      { "GET /*": "anyone" },
      /"GET \/\*": everything would be public/,
    ],
    [
      "a scope that the resource server does not have",
      { "/a": { scopes: ["api/raed"] } },
      /"\/a": the resource server has no scope "api\/raed"/,
    ],
    ["an empty object", { "/a": {} }, /"\/a": an empty object/],
    ["an empty list of groups", { "/a": { groups: [] } }, /"\/a": groups is a list/],
    ["an empty list of scopes", { "/a": { groups: ["x"], scopes: [] } }, /"\/a": scopes is a list/],
    [
      "a list that is undefined",
      { "/a": { groups: ["x"], scopes: undefined } },
      /"\/a": scopes is a list/,
    ],
    ["one group as text", { "/a": { groups: "admin" } }, /"\/a": groups is a list/],
    ["an empty group", { "/a": { groups: [""] } }, /"\/a": groups holds/],
    ["a group twice", { "/a": { groups: ["x", "x"] } }, /"\/a": groups names something twice/],
    ["an unknown member", { "/a": { group: ["admin"] } }, /"\/a": "group" is not/],
    [
      "a service that is no ARN",
      { "/a": { services: ["Nightly"] } },
      /"\/a": "Nightly" is not a service/,
    ],
    ["another word", { "/a": "everyone" }, /"\/a": access is/],
    ["null", { "/a": null }, /"\/a": access is/],
    ["a list", { "/a": ["admin"] }, /"\/a": access is/],
    ["a method in lower case", { "post /a": "signed-in" }, /"post \/a": the method/],
    ["an unknown method", { "TRACE /a": "signed-in" }, /"TRACE \/a": the method/],
    ["two spaces", { "POST  /a": "signed-in" }, /a path begins with \//],
    ["a space in front", { " /a": "signed-in" }, /" \/a": the method/],
    ["no slash in front", { "a/*": "signed-in" }, /a path begins with \//],
    ["an asterisk alone", { "*": "signed-in" }, /a path begins with \//],
    ["an asterisk in the middle", { "/*/a": "signed-in" }, /\* stands only at the end/],
    ["two asterisks", { "/a/**": "signed-in" }, /\* stands only at the end/],
    ["a slash at the end", { "/a/": "signed-in" }, /"\/a\/": many servers take the path without/],
    ["an escape", { "/%61": "signed-in" }, /write the plain path/],
    ["an empty segment", { "/a//b": "signed-in" }, /write the plain path/],
    ["parameters", { "/a;b": "signed-in" }, /write the plain path/],
    ["a dot segment", { "/a/../b": "signed-in" }, /write the plain path/],
    ["a dot segment at the end", { "/a/.": "signed-in" }, /write the plain path/],
    ["a query", { "/a?b": "signed-in" }, /write the plain path/],
    ["a line behind", { "/a\n": "signed-in" }, /write the plain path/],
    ["a character outside ASCII", { "/\u00E4": "signed-in" }, /write the plain path/],
    [
      "credentials of senders without a method",
      { "/hooks": { access: "anyone", authorization: "own" } },
      /"\/hooks": \{ access: "anyone", authorization: "own" \} needs a method/,
    ],
    ...[
      { access: "signed-in", authorization: "own" },
      { access: { groups: ["admin"] }, authorization: "own" },
      { access: "anyone", authorization: "ours" },
      { access: "anyone", authorization: undefined },
      { access: "anyone" },
      { authorization: "own" },
      { groups: ["admin"], authorization: "own" },
      { access: "anyone", authorization: "own", services: ["arn:aws:iam::123456789012:role/a"] },
    ].map((wrong): [string, Record<string, unknown>, RegExp] => [
      `credentials of senders that are ${JSON.stringify(wrong)}`,
      { "POST /hooks": wrong },
      /"POST \/hooks": senders with an Authorization of their own are nobody to the guard/,
    ]),
    [
      "credentials of senders everywhere",
      { "POST /*": { access: "anyone", authorization: "own" } },
      /"POST \/\*": everything would be public/,
    ],
    [
      "a rule named by the prototype",
      JSON.parse('{"__proto__": "anyone"}'),
      /"__proto__": a path begins with/,
    ],
  ];

  test.each(misuses)("refuses %s", (_why, wrong, named) => {
    const build = () => define({ scopes: ["api/read"], rules: wrong });
    expect(build).toThrow(TypeError);
    expect(build).toThrow(named);
  });

  test("refuses scopes named twice, and options it does not know", () => {
    expect(() => define({ scopes: ["a", "a"], rules: {} })).toThrow(
      new TypeError("access: scopes names something twice"),
    );
    expect(() => define({ scopes: [], rules: {}, default: "anyone" })).toThrow(
      new TypeError('access: there is no option "default"'),
    );
  });

  test("keeps the groups that nobody makes, and refuses those that no rule asks for", () => {
    const own = { "/a": { groups: ["admin", "eu-central-1_a_Okta", "Sales Europe"] } };
    const externalGroups = ["Sales Europe", "eu-central-1_a_Okta"];
    const built = define({ scopes: [], rules: own, externalGroups });
    expect(built.externalGroups).toEqual(externalGroups);
    expect(Object.isFrozen(built.externalGroups)).toBe(true);
    expect(define({ scopes: [], rules: own })).not.toHaveProperty("externalGroups");
    for (const [named, why] of [
      [["Sales  Europe"], 'externalGroups names "Sales  Europe", and no rule asks for that group'],
      [[], "externalGroups is a list with at least one entry"],
      ["admin", "externalGroups is a list with at least one entry"],
      [["admin", "admin"], "externalGroups names something twice"],
    ] as const) {
      expect(() => define({ scopes: [], rules: own, externalGroups: named })).toThrow(
        new TypeError(`access: ${why}`),
      );
    }
  });

  test("takes rules that only look alike", () => {
    expect(
      define({ scopes: [], rules: { "/a/*": "signed-in", "/a*": "signed-in" } }).rules.map(
        ({ text }) => text,
      ),
    ).toEqual(["/a/*", "/a*"]);
  });

  test("keeps a copy that nobody can change", () => {
    const groupList = ["admin"];
    const built = defineAccess({ scopes: [], rules: { "/a": { groups: groupList } } });
    groupList.push("everybody");
    expect(decide(built, { method: "GET", path: "/a" }, user(["everybody"], []))).toMatchObject({
      allowed: false,
    });
    const [rule] = built.rules;
    for (const part of [
      built,
      built.rules,
      built.scopes,
      rule,
      rule?.access,
      rule?.services,
      rule?.exact,
      rule?.lowerCase,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(Object.values(rule?.access ?? {}).map((list) => Object.isFrozen(list))).toEqual([true]);
  });

  test("leaves Authorization to the backend under the rule that says so, and no other", () => {
    const own = { access: "anyone", authorization: "own" } as const;
    const built = defineAccess({
      rules: { "/*": "signed-in", "POST /hooks/*": own, "GET /h": own },
    });
    expect(
      built.rules.map(({ text, access: to, authorization }) => [text, to, authorization]),
    ).toEqual([
      ["POST /hooks/*", "anyone", "own"],
      ["GET /h", "anyone", "own"],
      ["/*", "signed-in", undefined],
    ]);
    const leaves = (method: string, path: string) => takesOwnAuthorization(built, { method, path });
    expect(leaves("POST", "/hooks/a")).toBe(true);
    expect(leaves("POST", "/hooks")).toBe(true);
    expect(leaves("HEAD", "/h")).toBe(true);
    expect([leaves("PUT", "/hooks/a"), leaves("POST", "/h"), leaves("GET", "/")]).toEqual([
      false,
      false,
      false,
    ]);
    expect(() => leaves("POST", "/HOOKS/a")).toThrow(
      expect.objectContaining({ code: "path_ambiguous" }),
    );
    expect(decide(built, { method: "POST", path: "/hooks/a" }, { kind: "anonymous" })).toEqual({
      allowed: true,
      rule: "POST /hooks/*",
    });
  });

  test("needs no scopes where no rule asks for one", () => {
    expect(defineAccess({ rules: { "/a": "signed-in" } }).scopes).toEqual([]);
    expect(() => defineAccess({ rules: { "/a": { scopes: ["api/read"] } } })).toThrow(TypeError);
  });

  test("says in the types what it says at run time", () => {
    const scopes = ["api/read"] as const;
    // @ts-expect-error a scope that the resource server does not have
    expect(() => defineAccess({ scopes, rules: { "/a": { scopes: ["x/y"] } } })).toThrow(TypeError);
    // @ts-expect-error a member that no rule has
    expect(() => defineAccess({ scopes: [], rules: { "/a": { group: ["admin"] } } })).toThrow(
      TypeError,
    );
    // @ts-expect-error one group as text
    expect(() => defineAccess({ scopes: [], rules: { "/a": { groups: "admin" } } })).toThrow(
      TypeError,
    );
    // @ts-expect-error a word that is none of the two
    expect(() => defineAccess({ scopes: [], rules: { "/a": "public" } })).toThrow(TypeError);
  });
});
