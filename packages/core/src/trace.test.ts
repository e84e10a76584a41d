import { expect, test } from "vitest";

import { parseTraceParent } from "./trace.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";

test.each([
  ["that is recorded", `00-${traceId}-${spanId}-01`, "01"],
  ["that is not recorded", `00-${traceId}-${spanId}-00`, "00"],
  ["with flags that nobody knows yet", `00-${traceId}-${spanId}-ff`, "ff"],
  ["of a later version", `01-${traceId}-${spanId}-03`, "03"],
  ["of a later version that says more", `cc-${traceId}-${spanId}-01-what-the-future-will-be`, "01"],
  ["of a later version that ends in a dash", `fe-${traceId}-${spanId}-01-`, "01"],
])("a trace %s is continued", (_what, value, flags) => {
  expect(parseTraceParent([value])).toEqual({ traceId, spanId, flags });
});

/** https://github.com/w3c/trace-context/blob/main/test/test.py has these kinds. */
test.each([
  ["nothing", []],
  ["an empty value", [""]],
  ["two headers", [`00-${traceId}-${spanId}-01`, `00-${traceId}-${spanId}-01`]],
  ["two headers that were joined", [`00-${traceId}-${spanId}-01,00-${traceId}-${spanId}-01`]],
  ["version 00 that says more", [`00-${traceId}-${spanId}-01-`]],
  ["version 00 that is too long", [`00-${traceId}-${spanId}-01.`]],
  ["a later version without the dash", [`cc-${traceId}-${spanId}-01.what`]],
  ["the version that is none", [`ff-${traceId}-${spanId}-01`]],
  ["a version in upper case", [`CC-${traceId}-${spanId}-01`]],
  ["a version of one digit", [`0-${traceId}-${spanId}-01`]],
  ["an id of zeros", [`00-${"0".repeat(32)}-${spanId}-01`]],
  ["an id in upper case", [`00-${traceId.toUpperCase()}-${spanId}-01`]],
  ["an id that is too short", [`00-${traceId.slice(1)}-${spanId}-01`]],
  ["an id that is too long", [`00-${traceId}a-${spanId}-01`]],
  ["an id that is not hex", [`00-${traceId.slice(1)}.-${spanId}-01`]],
  ["a parent of zeros", [`00-${traceId}-${"0".repeat(16)}-01`]],
  ["a parent in upper case", [`00-${traceId}-00F067AA0BA902B7-01`]],
  ["a parent that is too short", [`00-${traceId}-${spanId.slice(1)}-01`]],
  ["no flags", [`00-${traceId}-${spanId}`]],
  ["flags of one digit", [`00-${traceId}-${spanId}-1`]],
  ["flags that are not hex", [`00-${traceId}-${spanId}-.0`]],
  ["a space around it", [` 00-${traceId}-${spanId}-01`]],
  ["a line break in it", [`01-${traceId}-${spanId}-01-a\nb`]],
])("%s is not continued", (_what, values) => {
  expect(parseTraceParent(values)).toBe(undefined);
});
