import { exactReadings } from "@sst-gatehouse/core/path-readings";
import { describe, expect, test } from "vitest";

import { isEdgeRoute } from "./edge-routes.ts";

test.each([
  "/.auth",
  "/.auth/",
  "/.auth/login",
  "/.auth//login",
  "/.auth/..%2fadmin",
  "/.auth/%2e%2e/admin",
  "/.auth/../admin",
  "/.auth/%zz",
])("%s is the guard's own", (path) => {
  expect(isEdgeRoute(path, () => exactReadings(path))).toBe(true);
});

test.each([
  "/",
  "/auth",
  "/auth/login",
  "/.authority",
  "/.auth-x/login",
  "/x/.auth/login",
  "/x.auth/login",
  "/author/%2eauth/x",
  "/a%2Fb",
  "/%2525",
  "/.%2561uth/login",
  "/..auth/login",
])("%s goes on", (path) => {
  expect(isEdgeRoute(path, () => exactReadings(path))).toBe(false);
});

/** Some readers take these for one of the guard's routes, and must not be right: neither the guard nor the backend sees them. */
const ambiguous = [
  "/.AUTH/login",
  "/.Auth",
  "/%2eauth/login",
  "/%2Eauth/login",
  "/.%61uth/login",
  "/%2e%61%75%74%68/login",
  "/.%41UTH/login",
  "/.auth%2flogin",
  "/.auth%2Flogin",
  "/.auth%5clogin",
  "//.auth/login",
  "///.auth/login",
  "/%2f.auth/login",
  "/%5C.auth/login",
  "/;x/.auth/login",
  "/.auth;x/login",
  "/.auth;/login",
  "/.auth%3bx/login",
  "/.auth%3Flogin",
  "/.auth%23/login",
  "//.auth%3F/x",
  "/.a%09uth/login",
  "/.auth%0a/login",
  "/.%0Dauth",
];

test.each(ambiguous)("%s is refused as ambiguous", (path) => {
  expect(codeOf(path)).toBe("path_ambiguous");
});

describe("a path that leads there by dot segments, or is none", () => {
  test.each([
    "/x/../.auth/login",
    "/./.auth/login",
    "/x/%2e%2e/.auth/login",
    "/x/..%2f.auth/login",
    "/x/..;/.auth/login",
    String.raw`/.auth\login`,
    String.raw`/\.auth/login`,
    "/.auth\t/login",
    "/.auth#/public",
    "/.auth%00/login",
    "/.auth%ff",
    ".auth/login",
    "/%zz",
  ])("%s is malformed", (path) => {
    expect(codeOf(path)).toBe("path_malformed");
  });
});

function codeOf(path: string): unknown {
  try {
    return isEdgeRoute(path, () => exactReadings(path));
  } catch (error) {
    return error instanceof Error ? Reflect.get(error, "code") : error;
  }
}
