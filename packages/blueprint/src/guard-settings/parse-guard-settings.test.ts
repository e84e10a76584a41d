import { describe, expect, test } from "vitest";

import { guardSettings as settings } from "../../test/guard-settings.ts";
import { parseGuardSettings } from "./parse-guard-settings.ts";

describe("the settings of the bundle", () => {
  test("come through as they are", () => {
    expect(parseGuardSettings(settings)).toEqual(settings);
    const { jwks: _jwks, clients: _clients, ...unbaked } = settings;
    expect(parseGuardSettings(unbaked)).toEqual(unbaked);
  });

  test.each([[["theme", "__Host-x"]], [[]]])("may list cookies: %j", (forwardCookies) => {
    const listing = { ...settings, forwardCookies };
    expect(parseGuardSettings(listing)).toEqual(listing);
  });

  test.each([[["x-tenant"]], [[]]])("may list request headers: %j", (corsRequestHeaders) => {
    const listing = { ...settings, corsRequestHeaders };
    expect(parseGuardSettings(listing)).toEqual(listing);
  });

  test("may ask for paths and metrics in the log", () => {
    const telling = { ...settings, logPaths: true, metrics: true };
    expect(parseGuardSettings(telling)).toEqual(telling);
  });

  test("may name documents of clients", () => {
    const cimdUrlPatterns = ["https://client.example/*", "https://other.example/client.json"];
    const more = { ...settings, cimdUrlPatterns };
    expect(parseGuardSettings(more)).toEqual(more);
  });

  test("may name further Function URLs", () => {
    const more = { ...settings, otherFunctionUrlHosts: ["second.lambda-url.us-west-2.on.aws"] };
    expect(parseGuardSettings(more)).toEqual(more);
  });

  test.each([
    { mode: "off" },
    { mode: "on", whenUnknown: "refuse" },
    { mode: "on", whenUnknown: "allow" },
  ] as const)("may say of revocation %j", (revocation) => {
    expect(parseGuardSettings({ ...settings, revocation }).revocation).toEqual(revocation);
  });

  test("have the key set baked in when they are deployed", () => {
    const { jwks: _jwks, ...unbaked } = settings;
    expect(() => parseGuardSettings({ ...unbaked, madeBy: "deploy" })).toThrow("jwks is missing");
    expect(parseGuardSettings({ ...settings, madeBy: "deploy" }).madeBy).toBe("deploy");
  });

  const mistakes: [name: string, changes: object][] = [
    ["madeBy", { madeBy: "me" }],
    ["region", { region: "" }],
    ["prefix", { prefix: "/gatehouse/" }],
    ["functionUrlHost", { functionUrlHost: "evil.example" }],
    ["functionUrlHost", { functionUrlHost: `x.${settings.functionUrlHost}` }],
    ["otherFunctionUrlHosts", { otherFunctionUrlHosts: ["evil.example"] }],
    ["otherFunctionUrlHosts", { otherFunctionUrlHosts: [] }],
    ["cimdUrlPatterns", { cimdUrlPatterns: [] }],
    ["cimdUrlPatterns", { cimdUrlPatterns: ["https://*"] }],
    ["cimdUrlPatterns", { cimdUrlPatterns: ["https://client.example/*", "*"] }],
    ["issuers", { issuers: [] }],
    [
      "issuers",
      { issuers: ["http://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123"] },
    ],
    ["jwks.fetchedAt", { jwks: { ...settings.jwks, fetchedAt: "now" } }],
    ["clients", { clients: {} }],
    ["clients", { clients: null }],
    [
      "clients",
      {
        clients: {
          "1webwebwebwebwebwebwebweb1": { name: "web", kind: "anyone", tokenUses: ["id"] },
        },
      },
    ],
    [
      "tokenUses",
      { clients: { "1webwebwebwebwebwebwebweb1": { name: "web", kind: "person", tokenUses: [] } } },
    ],
    [
      "the name of a client",
      {
        clients: {
          "1webwebwebwebwebwebwebweb1": { name: "me", kind: "person", tokenUses: ["id"] },
        },
      },
    ],
    ["clientNames", { clientNames: [] }],
    ["corsOrigins", { corsOrigins: ["*"] }],
    ["corsOrigins", { corsOrigins: null }],
    ["forwardToken", { forwardToken: "no" }],
    ["corsRequestHeaders", { corsRequestHeaders: ["a b"] }],
    ["logPaths", { logPaths: false }],
    ["metrics", { metrics: "on" }],
    ["forwardCookies", { forwardCookies: "theme" }],
    ["forwardCookies", { forwardCookies: ["a=b"] }],
    ["forwardCookies", { forwardCookies: [""] }],
    ["originHeaderBytes", { originHeaderBytes: undefined }],
    ["originHeaderBytes", { originHeaderBytes: "9728" }],
    ["originHeaderBytes", { originHeaderBytes: 0 }],
    ["originHeaderBytes", { originHeaderBytes: 9728.5 }],
    ["signIn.peopleScopes", { signIn: { ...settings.signIn, peopleScopes: undefined } }],
    ["signIn.peopleScopes", { signIn: { ...settings.signIn, peopleScopes: "api/read" } }],
    ["signIn.peopleScopes", { signIn: { ...settings.signIn, peopleScopes: ["api/read email"] } }],
    ["signIn.hostedOrigin", { signIn: { hostedOrigin: "javascript:alert(1)", client: "web" } }],
    ["signIn.hostedOrigin", { signIn: { hostedOrigin: "https://a.example/x", client: "web" } }],
    ["signIn.client", { signIn: { hostedOrigin: "https://a.example", client: "constructor" } }],
    ["revocation", { revocation: undefined }],
    ["revocation", { revocation: { mode: "on" } }],
    ["revocation", { revocation: { mode: "on", whenUnknown: "ignore" } }],
    ["revocation", { revocation: { mode: "off", whenUnknown: "refuse" } }],
    ["revocation", { revocation: { mode: "maybe", whenUnknown: "refuse" } }],
  ];
  test.each(mistakes)("are refused with the name of what is wrong: %s", (name, changes) => {
    expect(() => parseGuardSettings({ ...settings, ...changes })).toThrow(`settings.json: ${name}`);
  });
});
