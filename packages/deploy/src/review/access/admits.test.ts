import { type Access, type AccessRules, decide, defineAccess } from "@sst-gatehouse/core/access";
import type { Caller } from "@sst-gatehouse/core/caller";
import { expect, test } from "vitest";

import { admits } from "./admits.ts";

const job = "arn:aws:iam::123456789012:role/job";
const inGroup = "people in the group admin or support";
const withScope = "with the scope api/read or api/write";
const groups = ["admin", "support"];
const scopes = ["api/read", "api/write"] as const;
const services = [job];

/** Every combination that a rule may list. */
const combinations: readonly (readonly [
  access: Access<"api/read" | "api/write">,
  words: string,
])[] = [
  ["anyone", "anyone, without signing in"],
  ["signed-in", "everyone who has signed in; every machine; every IAM service"],
  [{ groups }, inGroup],
  [{ groups: ["admin"] }, "people in the group admin"],
  [{ scopes }, `machines ${withScope}`],
  [{ scopes: ["api/write"] }, "machines with the scope api/write"],
  [{ services }, `the IAM service ${job}`],
  [
    { groups, scopes },
    `${inGroup}, with an access token that has the scope api/read or api/write; machines ${withScope}`,
  ],
  [{ groups, services }, `${inGroup}; the IAM service ${job}`],
  [{ scopes, services }, `machines ${withScope}; the IAM service ${job}`],
  [
    { groups, scopes, services },
    `${inGroup}, with an access token that has the scope api/read or api/write; machines ${withScope}; the IAM service ${job}`,
  ],
];

function rulesFor(text: string, access: Access<"api/read" | "api/write">): AccessRules {
  return defineAccess({
    scopes: ["api/read", "api/write", "api/other"],
    rules: { [text]: access },
  });
}

test.each(combinations)("%j admits %s, with a method or without", (access, words) => {
  for (const text of ["/a/*", "POST /a/*"]) {
    const [rule] = rulesFor(text, access).rules;
    expect(rule && admits(rule)).toBe(words);
  }
});

test("tells the credentials of senders, which nobody but the backend verifies", () => {
  const own = { access: "anyone", authorization: "own" } as const;
  const [rule] = defineAccess({ rules: { "POST /a/*": own } }).rules;
  expect(rule && admits(rule)).toBe(
    "anyone, without signing in; Authorization is the sender's own, which the backend has to verify",
  );
});

const person = { kind: "user", sub: "s", username: "u" } as const;
const machine = { kind: "client", clientId: "c" } as const;
const assumed = "arn:aws:sts::123456789012:assumed-role";

/** A caller, and the words without which a rule that admits them would be told wrongly. */
const callers: readonly (readonly [who: string, caller: Caller, words: RegExp])[] = [
  ["nobody", { kind: "anonymous" }, /^anyone/],
  [
    "somebody with an ID token",
    { ...person, groups: [], scopes: [] },
    /^anyone|^everyone who has signed in/,
  ],
  [
    "somebody with every scope of people and the API",
    { ...person, groups: ["guests"], scopes: ["openid", ...scopes] },
    /^anyone|^everyone who has signed in/,
  ],
  [
    "an administrator with an ID token",
    { ...person, groups: ["admin"], scopes: [] },
    /^anyone|^everyone who has signed in|^people in the group admin(?! or support,|,)/,
  ],
  [
    "an administrator with another scope",
    { ...person, groups: ["admin"], scopes: ["api/other"] },
    /^anyone|^everyone who has signed in|^people in the group admin(?! or support,|,)/,
  ],
  [
    "an administrator with the scope",
    { ...person, groups: ["admin"], scopes: ["openid", "api/write"] },
    /^anyone|^everyone who has signed in|^people in the group admin/,
  ],
  ["a machine with another scope", { ...machine, scopes: ["api/other"] }, /^anyone|every machine/],
  [
    "a machine with the scope",
    { ...machine, scopes: ["api/write"] },
    /^anyone|every machine|machines with the scope/,
  ],
  [
    "the IAM service",
    { kind: "service", arn: `${assumed}/job/now` },
    /^anyone|every IAM service|the IAM service/,
  ],
  [
    "another IAM service",
    { kind: "service", arn: `${assumed}/other/now` },
    /^anyone|every IAM service/,
  ],
];

test.each(callers)("the words say of %s what the rule does", (_who, caller, words) => {
  const request = { method: "GET", path: "/a/b" };
  for (const [access, told] of combinations) {
    const { allowed } = decide(rulesFor("/a/*", access), request, caller);
    expect({ access, allowed }).toEqual({ access, allowed: words.test(told) });
  }
});
