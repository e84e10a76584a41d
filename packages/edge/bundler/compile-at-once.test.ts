import { runInNewContext } from "node:vm";

import { expect, test } from "vitest";

import { compileAtOnce } from "./compile-at-once.ts";

test("puts function expressions into parentheses, and makes variables of declarations", () => {
  expect(
    compileAtOnce(
      `"use strict";var a=b(1);function b(x){return c();function c(){return function(){return x}}}`,
      [],
    ),
  ).toBe(
    `"use strict";var b=(function b(x){var c=(function c(){return (function(){return x})});return c();});var a=b(1);`,
  );
});

test("leaves what is called seldom as it is declared, and what is inside compiled with it", () => {
  const code = `function a(){return function(){return b()}}function b(){return 1}`;
  expect(compileAtOnce(code, ["a"])).toBe(
    `var b=(function b(){return 1});function a(){return (function(){return b()})}`,
  );
  expect(() => compileAtOnce(code, ["a", "renamed"])).toThrow(
    new TypeError("the script declares no function renamed"),
  );
});

test("refuses what is no script", () => {
  expect(() => compileAtOnce("function (", [])).toThrow(new TypeError("the script cannot be read"));
});

test.each([
  ["a declaration that is used above it", "r = f(2); function f(x) { return x * 2 }"],
  ["one behind a return", "r = f(2); function f(x) { return g(); function g() { return x } }"],
  [
    "two that call each other",
    "function a(n) { return n ? b(n - 1) : 'a' } function b(n) { return n ? a(n - 1) : 'b' } r = a(5)",
  ],
  ["the last of two with one name", "r = f(); function f() { return 1 } function f() { return 2 }"],
  ["one in a block", "{ function f() { return (function () { return 3 })() } r = f() }"],
  [
    "one that is async",
    "async function f() { return await g() } async function g() { return 4 } f().then((x) => out(x))",
  ],
  ["a generator", "function* f() { yield 1; yield* (function* () { yield 2 })() } r = [...f()]"],
  [
    "methods and accessors",
    "r = { m() { return function () { return 5 } }, get g() { return 6 }, async *a() {}, ['c' + 1]() { return 7 } }; r = [r.m()(), r.g, r.c1()]",
  ],
  [
    "a class",
    "class A { #p = 1; static s = function () { return 8 }; constructor() { this.x = (function () { return 9 })() } m() { return this.x + this.#p } } r = [A.s(), new A().m()]",
  ],
  [
    "this, and arguments",
    "function f() { return [typeof this, arguments.length] } r = [f(1, 2), ({ f }).f(), f.call(3)]",
  ],
  [
    "default values and patterns",
    "function f({ a = function () { return 1 } } = {}, b = a()) { return [a(), b] } r = f()",
  ],
  ["a function that calls itself", "r = (function f(n) { return n ? n * f(n - 1) : 1 })(5)"],
  [
    "names and lengths",
    "function f(a, b) {} var g = function (a) {}, h = { k: function () {} }; r = [f.name, f.length, g.name, g.length, h.k.name]",
  ],
  [
    "directives",
    `function f() { "use strict"; function g() { return this } return g() } r = [f() === undefined]`,
  ],
  [
    "texts that look like functions",
    "function f() { return `function g(){} ${(function () { return '}' })()} ${/function\\(\\)\\{/.source}` } r = f()",
  ],
  ["text beyond ASCII", "function ä() { return 'π𝕊' } r = ä() + (function () { return '💥' })()"],
  ["comments", "/* function c() { */ function f() { // }\n return 10 } r = f()"],
])("%s: does the same", async (_what, code) => {
  const outcome = async (script: string): Promise<unknown> => {
    const outside: { r: unknown; out: (value: unknown) => void } = {
      r: undefined,
      out: (value) => void (outside.r = value),
    };
    runInNewContext(script, outside);
    await new Promise(setImmediate);
    return JSON.stringify(outside.r);
  };
  const written = compileAtOnce(code, []);
  expect(written).not.toBe(code);
  expect(await outcome(written)).toBe(await outcome(code));
});
