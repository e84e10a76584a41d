import { anyCharacter } from "@sst-gatehouse/testkit/any-character";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  type Caller,
  callerHeader,
  fromCallerHeader,
  fromUncheckedCallerHeader,
  toCallerHeader,
  tokenHeader,
  uncheckedCallerHeader,
} from "./caller.ts";

const encode = (text: string) => Buffer.from(text).toString("base64url");
const json = (value: unknown) => encode(JSON.stringify(value));
const issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123";
/** As a guard of the release before writes it. */
const user = { kind: "user", sub: "s-1", username: "ada", groups: ["admin"], scopes: [] } as const;
const newUser = { v: 2, ...user, issuer, signedInAt: 1_800_000_000 } as const;

test("the headers have these names", () => {
  expect([callerHeader, uncheckedCallerHeader, tokenHeader]).toEqual([
    "x-gatehouse-caller",
    "x-gatehouse-caller-unchecked",
    "x-gatehouse-token",
  ]);
});

type Written = Exclude<Caller, { kind: "service" }>;
const ada: Written = {
  signedInAt: 1_800_000_000,
  issuer: "https://i.example",
  scopes: ["a/b"],
  groups: ["admin", "ä"],
  username: "ada",
  sub: "s-1",
  kind: "user",
};
const machine: Written = { kind: "client", scopes: [], clientId: "c", issuer: "https://i.example" };

const written: [caller: Written, viewerAddress: string | undefined, before: string, now: string][] =
  [
    [{ kind: "anonymous" }, undefined, '{"kind":"anonymous"}', '{"v":2,"kind":"anonymous"}'],
    [
      { kind: "anonymous" },
      "2001:db8::1",
      '{"kind":"anonymous","viewerAddress":"2001:db8::1"}',
      '{"v":2,"kind":"anonymous","viewerAddress":"2001:db8::1"}',
    ],
    [
      ada,
      "192.0.2.7",
      '{"kind":"user","sub":"s-1","username":"ada","groups":["admin","ä"],"scopes":["a/b"],"viewerAddress":"192.0.2.7"}',
      '{"v":2,"kind":"user","sub":"s-1","username":"ada","groups":["admin","ä"],"scopes":["a/b"],"issuer":"https://i.example","signedInAt":1800000000,"viewerAddress":"192.0.2.7"}',
    ],
    [
      machine,
      undefined,
      '{"kind":"client","clientId":"c","scopes":[]}',
      '{"v":2,"kind":"client","clientId":"c","scopes":[],"issuer":"https://i.example"}',
    ],
  ];

test.each(written)(
  "writes %j and %j as the release before, and as now",
  (caller, viewerAddress, before, now) => {
    expect(toCallerHeader(caller, { viewerAddress, version: 1 })).toBe(encode(before));
    expect(toCallerHeader(caller, { viewerAddress, version: 2 })).toBe(encode(now));
  },
);

test("writes members of a caller only", () => {
  const noisy = Object.assign({ email: "ada@example.com" }, machine);
  expect(toCallerHeader(noisy, { version: 2 })).toBe(
    json({ v: 2, kind: "client", clientId: "c", scopes: [], issuer: "https://i.example" }),
  );
});

test("has no header with an address that is none, and tells nothing of an IAM service", () => {
  const service: Caller = { kind: "service", arn: "arn:aws:iam::111122223333:user/x" };
  // @ts-expect-error -- no service comes through the guard
  const value = toCallerHeader(service, { version: 2 });
  expect(() => fromCallerHeader([value])).toThrow(TypeError);
  for (const viewerAddress of [
    "",
    "example.com",
    "1.2.3.4, 5.6.7.8",
    "dead",
    "[::1]",
    `${"1".repeat(45)}.1`,
  ]) {
    const anonymous = { kind: "anonymous" } as const;
    expect(() => toCallerHeader(anonymous, { viewerAddress, version: 2 })).toThrow(TypeError);
  }
});

const withScope = (length: number): Written => ({
  kind: "client",
  clientId: "c",
  scopes: ["x".repeat(length)],
});

test("refuses a caller that does not fit in 8 KB", () => {
  const overhead = JSON.stringify(withScope(0)).length;
  const largest = toCallerHeader(withScope(6144 - overhead), { version: 1 });
  expect(largest).toHaveLength(8192);
  expect(() => toCallerHeader(withScope(6145 - overhead), { version: 1 })).toThrow(
    expect.objectContaining({ name: "GuardError", code: "headers_too_large" }),
  );
  expect(fromCallerHeader([largest])).toEqual({ caller: withScope(6144 - overhead) });
});

const name = fc.string({ minLength: 1, unit: anyCharacter });
const names = fc.array(name, { maxLength: 5 });
const users = fc.record(
  {
    kind: fc.constant("user" as const),
    sub: name,
    username: name,
    groups: names,
    scopes: names,
    issuer: name,
    signedInAt: fc.nat(),
  },
  { noNullPrototype: true },
);
const clients = fc.record(
  { kind: fc.constant("client" as const), clientId: name, scopes: names, issuer: name },
  { noNullPrototype: true },
);
const anonymous = fc.record({ kind: fc.constant("anonymous" as const) }, { noNullPrototype: true });
const addresses = fc.option(fc.oneof(fc.ipV4(), fc.ipV6()), { nil: undefined });

test("reads back what it wrote", () => {
  fc.assert(
    fc.property(fc.oneof(anonymous, users, clients), addresses, (caller, viewerAddress) => {
      const address = viewerAddress === undefined ? {} : { viewerAddress };
      expect(
        fromCallerHeader([toCallerHeader(caller, { viewerAddress, version: 2 })]),
      ).toStrictEqual({ caller, ...address });
      const {
        issuer: _issuer,
        signedInAt: _signedInAt,
        ...old
      } = { issuer: 0, signedInAt: 0, ...caller };
      expect(
        fromCallerHeader([toCallerHeader(caller, { viewerAddress, version: 1 })]),
      ).toStrictEqual({ caller: old, ...address });
    }),
  );
});

test("reads back a caller who is still to be looked up, and nobody takes the one for the other", () => {
  const session = fc.constantFrom("page" as const, "script" as const, undefined);
  fc.assert(
    fc.property(
      fc.oneof(users, clients),
      fc.nat(),
      session,
      addresses,
      (caller, authTime, kind, viewerAddress) => {
        const signIn = kind === undefined ? { authTime } : { authTime, session: kind };
        const value = toCallerHeader(caller, { viewerAddress, version: 2, signIn });
        const address = viewerAddress === undefined ? {} : { viewerAddress };
        expect(fromUncheckedCallerHeader([value])).toStrictEqual({ caller, signIn, ...address });
        expect(() => fromCallerHeader([value])).toThrow(TypeError);
        const checked = toCallerHeader(caller, { viewerAddress, version: 2 });
        expect(() => fromUncheckedCallerHeader([checked])).toThrow(TypeError);
      },
    ),
  );
});

test.each<[why: string, envelope: object]>([
  ["nobody", { v: 2, kind: "anonymous", authTime: 1 }],
  ["the version before", { ...user, authTime: 1 }],
  ["no time", { ...newUser }],
  ["a time that is text", { ...newUser, authTime: "1" }],
  ["another kind of session", { ...newUser, authTime: 1, session: "frame" }],
  ["one member too many", { ...newUser, authTime: 1, checked: true }],
])("a caller who is still to be looked up is refused with %s", (_why, envelope) => {
  expect(() => fromUncheckedCallerHeader([json(envelope)])).toThrow(TypeError);
});

const good = json(user);
const hostile: [why: string, values: string[]][] = [
  ["no header", []],
  ["two headers", [good, good]],
  ["an empty value", [""]],
  ["two values in one", [`${good}, ${good}`]],
  ["padding", [Buffer.from('{"kind":"anonymous"}').toString("base64")]],
  [
    "base64's own alphabet",
    [
      Buffer.from('{"kind":"client","clientId":"???>>>","scopes":[]}')
        .toString("base64")
        .replaceAll("=", ""),
    ],
  ],
  ["a space in front", [` ${good}`]],
  ["a line behind", [`${good}\n`]],
  [
    "bits left over at the end",
    [`${json({ kind: "client", clientId: "cc", scopes: [] }).slice(0, -1)}1`],
  ],
  ["one character too many", [`${encode('{"kind":"anonymous" }')}A`]],
  ["more than 8 KB", [json({ ...user, username: "x".repeat(6200) })]],
  [
    "bytes that are not UTF-8",
    [
      Buffer.from([
        ...Buffer.from('{"kind":"client","clientId":"'),
        0xff,
        ...Buffer.from('","scopes":[]}'),
      ]).toString("base64url"),
    ],
  ],
  ["a byte order mark", [encode('\uFEFF{"kind":"anonymous"}')]],
  ["something that is not JSON", [encode("{kind:anonymous}")]],
  ["null", [json(null)]],
  ["a list", [json([{ kind: "anonymous" }])]],
  ["text", [json("anonymous")]],
  ["no kind", [json({})]],
  ["an unknown kind", [json({ kind: "admin" })]],
  ["a version to come", [json({ ...newUser, v: 3 })]],
  ["the version before, said", [json({ ...user, v: 1 })]],
  ["a version that is null", [json({ ...user, v: null })]],
  ["the version of now, not said", [json({ ...newUser, v: undefined })]],
  ["a user without an issuer", [json({ ...newUser, issuer: undefined })]],
  ["a user with an empty issuer", [json({ ...newUser, issuer: "" })]],
  ["a user who signed in at no time", [json({ ...newUser, signedInAt: "now" })]],
  [
    "a client that signed in",
    [json({ v: 2, kind: "client", clientId: "c", scopes: [], issuer, signedInAt: 1 })],
  ],
  ["what is still to be looked up", [json({ ...newUser, authTime: 1 })]],
  ["a service", [json({ kind: "service", arn: "arn:aws:iam::111122223333:user/x" })]],
  ["a kind that is a list", [json({ kind: ["anonymous"] })]],
  ["an anonymous caller with a group", [json({ kind: "anonymous", groups: ["admin"] })]],
  ["a user with an e-mail address", [json({ ...user, email: "ada@example.com" })]],
  ["a user with a client's member", [json({ ...user, clientId: "c" })]],
  ["a user with a prototype", [encode(JSON.stringify(user).replace("{", '{"__proto__":{},'))]],
  ["a user without groups", [json({ kind: "user", sub: "s", username: "u", scopes: [] })]],
  [
    "a user whose groups are inherited",
    [
      encode(
        '{"kind":"user","sub":"s","username":"u","scopes":[],"__proto__":{"groups":["admin"]}}',
      ),
    ],
  ],
  ["a user without a subject", [json({ ...user, sub: "" })]],
  ["a user whose subject is a number", [json({ ...user, sub: 1 })]],
  ["a user whose groups are text", [json({ ...user, groups: "admin" })]],
  ["a user with a group that is null", [json({ ...user, groups: [null] })]],
  ["a user with an empty group", [json({ ...user, groups: [""] })]],
  ["a user whose scopes are an object", [json({ ...user, scopes: { length: 0 } })]],
  ["a client with groups", [json({ kind: "client", clientId: "c", groups: [], scopes: [] })]],
  ["a client without scopes", [json({ kind: "client", clientId: "c" })]],
  ["a client whose id is no text", [json({ kind: "client", clientId: {}, scopes: [] })]],
  ["an address that is null", [json({ ...user, viewerAddress: null })]],
  ["an address that is a host name", [json({ ...user, viewerAddress: "evil.example" })]],
  ["an address with a line behind", [json({ ...user, viewerAddress: "192.0.2.1\n" })]],
];

describe("reading", () => {
  test.each(hostile)("refuses %s", (_why, values) => {
    expect(() => fromCallerHeader(values)).toThrow(TypeError);
  });

  test("refuses any other value than base64url of a caller, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json().map(encode)), (value) => {
        expect(() => fromCallerHeader([value])).toThrow(TypeError);
      }),
    );
  });

  test("says what is wrong without repeating the value", () => {
    expect(() => fromCallerHeader([json({ kind: "topsecret" })])).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("topsecret") }),
    );
  });
});

describe("claims in the caller header", () => {
  const claims = { email: "a@b.example", nested: { kind: ["x"], other: null } };
  const viewerAddress = "192.0.2.7";

  test("go along and come back, whatever is in them", () => {
    const header = toCallerHeader({ ...ada, claims }, { version: 2, viewerAddress });
    expect(fromCallerHeader([header])).toEqual({ caller: { ...ada, claims }, viewerAddress });
    const signIn = { authTime: 1_800_000_000, session: "page" } as const;
    const unchecked = toCallerHeader({ ...ada, claims }, { version: 2, signIn });
    expect(fromUncheckedCallerHeader([unchecked])).toEqual({ caller: { ...ada, claims }, signIn });
  });

  test("are not in the form of the release before, which its backends still read", () => {
    const before = toCallerHeader({ ...ada, claims }, { version: 1 });
    expect(before).toBe(toCallerHeader(ada, { version: 1 }));
    expect(fromCallerHeader([before]).caller).not.toHaveProperty("claims");
  });

  test.each([
    ["the form before", { ...user, claims }],
    ["a machine's", { v: 2, kind: "client", clientId: "c", scopes: [], issuer, claims }],
    ["nobody's", { v: 2, kind: "anonymous", claims }],
    ["text", { ...newUser, claims: "email" }],
    ["a list", { ...newUser, claims: ["email"] }],
    ["null", { ...newUser, claims: null }],
  ])("are refused as %s", (_what, envelope) => {
    expect(() => fromCallerHeader([json(envelope)])).toThrow(TypeError);
  });
});
