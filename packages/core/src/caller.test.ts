import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  type Caller,
  callerHeader,
  fromCallerHeader,
  toCallerHeader,
  tokenHeader,
} from "./caller.ts";

const encode = (text: string) => Buffer.from(text).toString("base64url");
const json = (value: unknown) => encode(JSON.stringify(value));
const user = { kind: "user", sub: "s-1", username: "ada", groups: ["admin"], scopes: [] } as const;

test("the headers have these names", () => {
  expect([callerHeader, tokenHeader]).toEqual(["x-gatehouse-caller", "x-gatehouse-token"]);
});

const written: [caller: Caller, viewerAddress: string | undefined, text: string][] = [
  [{ kind: "anonymous" }, undefined, '{"kind":"anonymous"}'],
  [{ kind: "anonymous" }, "2001:db8::1", '{"kind":"anonymous","viewerAddress":"2001:db8::1"}'],
  [
    { scopes: ["a/b"], groups: ["admin", "ä"], username: "ada", sub: "s-1", kind: "user" },
    "192.0.2.7",
    '{"kind":"user","sub":"s-1","username":"ada","groups":["admin","ä"],"scopes":["a/b"],"viewerAddress":"192.0.2.7"}',
  ],
  [
    { kind: "client", scopes: [], clientId: "c" },
    undefined,
    '{"kind":"client","clientId":"c","scopes":[]}',
  ],
];

test.each(written)("writes %j and %j as %s", (caller, viewerAddress, text) => {
  expect(toCallerHeader(caller, viewerAddress)).toBe(encode(text));
});

test("writes members of a caller only", () => {
  const noisy = Object.assign(
    { email: "ada@example.com" },
    { kind: "client" as const, clientId: "c", scopes: [] },
  );
  expect(toCallerHeader(noisy)).toBe(json({ kind: "client", clientId: "c", scopes: [] }));
});

test("has no header for an IAM service, and none with an address that is none", () => {
  expect(() =>
    toCallerHeader({ kind: "service", arn: "arn:aws:iam::111122223333:user/x" }),
  ).toThrow(TypeError);
  for (const address of [
    "",
    "example.com",
    "1.2.3.4, 5.6.7.8",
    "dead",
    "[::1]",
    `${"1".repeat(45)}.1`,
  ]) {
    expect(() => toCallerHeader({ kind: "anonymous" }, address)).toThrow(TypeError);
  }
});

const withScope = (length: number): Caller => ({
  kind: "client",
  clientId: "c",
  scopes: ["x".repeat(length)],
});

test("refuses a caller that does not fit in 8 KB", () => {
  const overhead = JSON.stringify(withScope(0)).length;
  expect(toCallerHeader(withScope(6144 - overhead))).toHaveLength(8192);
  expect(() => toCallerHeader(withScope(6145 - overhead))).toThrow(
    expect.objectContaining({ name: "GuardError", code: "headers_too_large" }),
  );
  expect(fromCallerHeader([toCallerHeader(withScope(6144 - overhead))])).toEqual({
    caller: withScope(6144 - overhead),
  });
});

test("reads back what it wrote", () => {
  const name = fc.string({ minLength: 1, unit: "binary" });
  const names = fc.array(name, { maxLength: 5 });
  const callers = fc.oneof(
    fc.record({ kind: fc.constant("anonymous" as const) }, { noNullPrototype: true }),
    fc.record(
      {
        kind: fc.constant("user" as const),
        sub: name,
        username: name,
        groups: names,
        scopes: names,
      },
      { noNullPrototype: true },
    ),
    fc.record(
      { kind: fc.constant("client" as const), clientId: name, scopes: names },
      { noNullPrototype: true },
    ),
  );
  const addresses = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(callers, fc.option(addresses, { nil: undefined }), (caller, viewerAddress) => {
      expect(fromCallerHeader([toCallerHeader(caller, viewerAddress)])).toStrictEqual({
        caller,
        ...(viewerAddress !== undefined && { viewerAddress }),
      });
    }),
  );
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
