import { expect, test } from "vitest";

import { defineAccess } from "./access.ts";

const define = (options: object) => defineAccess({ rules: { "/*": "signed-in" }, ...options });

test("claims are kept as they are listed, and frozen", () => {
  const claims = ["email", "name", "custom:tenant", "https://example.com/roles"];
  const built = define({ claims, selfAsserted: ["name"] });
  expect([built.claims, built.selfAsserted]).toEqual([claims, ["name"]]);
  expect(Object.isFrozen(built.claims) && Object.isFrozen(built.selfAsserted)).toBe(true);
  expect(define({})).not.toHaveProperty("claims");
  expect(define({ claims })).not.toHaveProperty("selfAsserted");
});

test.each([
  ["no list", { claims: "email" }, "claims is a list with at least one entry"],
  ["an empty list", { claims: [] }, "claims is a list with at least one entry"],
  ["a claim twice", { claims: ["email", "email"] }, "claims names something twice"],
  ["a number", { claims: [1] }, "claims holds something that is not a name"],
  ["a name with a space", { claims: ["first name"] }, 'has "first name", which is not the name'],
  [
    "a name of every object",
    { claims: ["constructor"] },
    'has "constructor", which is not the name',
  ],
  ["an object's prototype", { claims: ["__proto__"] }, 'has "__proto__", which is not the name'],
  ["the subject", { claims: ["sub"] }, 'has "sub", which is about the token'],
  ["the groups", { claims: ["cognito:groups"] }, 'has "cognito:groups", which is about the token'],
  ["the nonce", { claims: ["nonce"] }, 'has "nonce", which is about the token'],
  [
    "more than there is room for",
    { claims: Array.from({ length: 9 }, (_, at) => `c${at}`) },
    "claims may come to 2358 bytes, with 256 for each value, and headers and cookies have room for 2304; take some away",
  ],
  [
    "marks of other claims",
    { claims: ["email"], selfAsserted: ["name"] },
    'selfAsserted names "name", which is not among the claims',
  ],
  ["marks without claims", { selfAsserted: ["name"] }, "claims is a list with at least one entry"],
  ["marks that are no list", { claims: ["email"], selfAsserted: true }, "selfAsserted is a list"],
])("the build refuses %s", (_what, options, why) => {
  expect(() => define(options)).toThrow(TypeError);
  expect(() => define(options)).toThrow(why);
});
