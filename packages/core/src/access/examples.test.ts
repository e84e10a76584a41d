import { expect, test } from "vitest";

import { defineAccess } from "./access.ts";
import { type Examples, parseExampleRequest } from "./examples.ts";

const define = (examples: Examples) =>
  defineAccess({ scopes: [], rules: { "/*": "signed-in" }, examples });

test("examples stay with the rules, as they are", () => {
  const examples = { "POST /a%2Fb": { "machine:api/read": 202, ada: 399, anybody: 401 } };
  const { examples: kept } = define(examples);
  expect([kept, Object.isFrozen(kept)]).toEqual([examples, true]);
  expect("examples" in defineAccess({ rules: { "/*": "signed-in" } })).toBe(false);
});

test.each([
  ["/reports", 'the example "/reports" must be named by method and path'],
  ["get /reports", "must be named by method and path"],
  ["GET reports", "must be named by method and path"],
  ["GET /reports?a=b", "must be named by method and path"],
  ["GET  /reports", "must be named by method and path"],
])("refuses an example named %s", (name, why) => {
  expect(() => define({ [name]: { ada: 200 } })).toThrow(why);
});

test.each([199, 404, 402, 500, 200.5, Number.NaN])("refuses the status %s", (status) => {
  expect(() => define({ "GET /": { ada: status } })).toThrow(
    `access: the example "GET /" says ${status} for ada: write 200 to 399 for a caller who is let in, or 400, 401, 403, 405`,
  );
});

test("refuses an example that says nothing", () => {
  expect(() => define({ "GET /": {} })).toThrow('the example "GET /" must say what callers get');
});

test("reads method and path", () => {
  expect(parseExampleRequest("DELETE /a/b;c%20")).toEqual({ method: "DELETE", path: "/a/b;c%20" });
  expect(parseExampleRequest("DELETE")).toBe(undefined);
});
