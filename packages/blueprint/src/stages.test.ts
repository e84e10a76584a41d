import { describe, expect, test } from "vitest";

import { defineStages, isProduction, resolveStage, type StageSettings } from "./stages.ts";

describe("a stage", () => {
  test("that is not named gets the defaults, then the default stage's settings", () => {
    const stages = defineStages({ default: { selfSignUp: true }, production: {} });
    expect(resolveStage(stages, "anna")).toEqual({
      name: "anna",
      production: false,
      domain: undefined,
      corsOrigins: [],
      originReadTimeoutSeconds: 30,
      implicitGrant: false,
      selfSignUp: true,
      forwardToken: false,
    });
  });

  test("has its own settings before the default stage's", () => {
    const stages = defineStages({
      default: { corsOrigins: ["https://a.example"] },
      anna: { corsOrigins: ["https://b.example"], forwardToken: true },
    });
    expect(resolveStage(stages, "anna")).toMatchObject({
      corsOrigins: ["https://b.example"],
      forwardToken: true,
    });
  });

  test("called like an object's own member is no named stage", () => {
    expect(resolveStage({ default: {} }, "constructor").corsOrigins).toEqual([]);
  });

  test("is production by exactly two names", () => {
    expect(
      ["production", "prod", "Production", "prod2", "live", "default"].map(isProduction),
    ).toEqual([true, true, false, false, false, false]);
  });
});

const mistakes: [why: string, settings: object, message: string][] = [
  ["a setting that does not exist", { cors: [] }, "cors is not a setting"],
  ["any origin", { corsOrigins: ["*"] }, "corsOrigins has"],
  ["null as origin", { corsOrigins: ["null"] }, "corsOrigins has"],
  ["a wildcard in an origin", { corsOrigins: ["https://*.example.com"] }, "corsOrigins has"],
  ["an origin with a path", { corsOrigins: ["https://a.example/"] }, "corsOrigins has"],
  ["plain http elsewhere", { corsOrigins: ["http://a.example"] }, "corsOrigins has"],
  [
    "one origin in place of a list",
    { corsOrigins: "https://a.example" },
    "corsOrigins must be an array",
  ],
  ["text for true", { forwardToken: "yes" }, "forwardToken must be true or false"],
  ["a URL as domain", { domain: "https://a.example" }, "domain must be a host name"],
  ["no time to wait", { originReadTimeoutSeconds: 0 }, "originReadTimeoutSeconds must be"],
  ["too long a time", { originReadTimeoutSeconds: 121 }, "originReadTimeoutSeconds must be"],
];

test.each(mistakes)("%s is refused with the stage's name", (_why, settings, message) => {
  const anna: StageSettings = { ...settings };
  expect(() => defineStages({ default: {}, anna })).toThrow(`stages.ts: stage anna: ${message}`);
});

test("the implicit grant is refused in production, also by way of the default", () => {
  expect(() => defineStages({ default: {}, prod: { implicitGrant: true } })).toThrow(
    "implicitGrant",
  );
  expect(() => defineStages({ default: { implicitGrant: true }, production: {} })).toThrow(
    "implicitGrant",
  );
});
