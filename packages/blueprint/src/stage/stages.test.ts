import { describe, expect, test } from "vitest";

import { defineStages, isProduction, resolveStage, type StageSettings } from "./stages.ts";

const certificateArn =
  "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012";

describe("a stage", () => {
  test("that is not named gets the defaults, then the default stage's settings", () => {
    const stages = defineStages({ default: { selfSignUp: true } });
    expect(resolveStage(stages, "anna")).toEqual({
      name: "anna",
      production: false,
      domain: undefined,
      certificateArn: undefined,
      corsOrigins: [],
      originReadTimeoutSeconds: 30,
      originKeepaliveSeconds: 5,
      apiTimeoutSeconds: 60,
      apiMemoryMb: 512,
      streaming: "on",
      waf: undefined,
      spaClient: false,
      spaCallbackUrls: [],
      spaLogoutUrls: [],
      cimdUrlPatterns: [],
      machineClient: true,
      sealingKeys: ["first"],
      implicitGrant: false,
      selfSignUp: true,
      peopleScopes: [],
      mfa: "off",
      passwordMinLength: 8,
      threatProtection: "off",
      forwardToken: false,
      forwardCookies: undefined,
      originHeaderBytes: 9728,
      revocation: "refuse",
      backendChecksRevocation: false,
      logPaths: false,
      metrics: false,
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

  test("can set everything", () => {
    const settings = {
      domain: "app.example.com",
      certificateArn,
      corsOrigins: [
        "https://b.example",
        "https://xn--bcher-kva.example",
        "capacitor://localhost",
        "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
      ],
      originReadTimeoutSeconds: 120,
      originKeepaliveSeconds: 120,
      apiTimeoutSeconds: 900,
      apiMemoryMb: 10_240,
      streaming: "never-empty",
      waf: { requestsPerFiveMinutes: 10 },
      spaClient: true,
      spaCallbackUrls: ["http://localhost:3000", "myapp://callback", "capacitor://localhost"],
      spaLogoutUrls: ["myapp://signed-out"],
      cimdUrlPatterns: ["https://client.example/oauth/client.json", "https://other.example/*"],
      sealingKeys: ["2026", "2027"],
      implicitGrant: true,
      selfSignUp: true,
      peopleScopes: ["api/read"],
      mfa: "required",
      passwordMinLength: 99,
      threatProtection: "enforced",
      forwardToken: true,
      corsRequestHeaders: ["x-tenant", "idempotency-key"],
      forwardCookies: ["theme", "__Host-session", "a!#$%&'*+-.^_`|~b"],
      originHeaderBytes: 19_968,
      revocation: "allow",
      backendChecksRevocation: true,
      logPaths: true,
      metrics: true,
    } as const;
    expect(resolveStage({ default: {}, anna: settings }, "anna")).toEqual({
      name: "anna",
      production: false,
      machineClient: true,
      ...settings,
    });
  });

  test("called like an object's own member is not a named stage", () => {
    expect(resolveStage({ default: {} }, "constructor").corsOrigins).toEqual([]);
  });

  test("is production by exactly two names", () => {
    expect(
      ["production", "prod", "Production", "prod2", "live", "default"].map(isProduction),
    ).toEqual([true, true, false, false, false, false]);
  });
});

/** The least and the most of each number. */
const ranges: [setting: keyof StageSettings, from: number, to: number][] = [
  ["originReadTimeoutSeconds", 4, 120],
  ["originKeepaliveSeconds", 1, 120],
  ["apiTimeoutSeconds", 1, 900],
  ["apiMemoryMb", 128, 10_240],
  ["originHeaderBytes", 4096, 19_968],
  ["passwordMinLength", 8, 99],
];

test.each(ranges)("%s is a whole number from %i to %i", (setting, from, to) => {
  const resolve = (value: unknown) => resolveStage({ default: { [setting]: value } }, "anna");
  for (const value of [from, to]) expect(resolve(value)).toMatchObject({ [setting]: value });
  for (const value of [from - 1, to + 1, from + 0.5, String(from), null, Number.NaN, Infinity]) {
    expect(() => resolve(value)).toThrow(
      new TypeError(
        `stages.ts: stage anna: ${setting} must be a whole number from ${from} to ${to}`,
      ),
    );
  }
});

test("the limit of the firewall is a whole number from 10 to 2,000,000,000", () => {
  const resolve = (value: unknown) => {
    const settings: object = { waf: { requestsPerFiveMinutes: value } };
    const anna: StageSettings = { ...settings };
    return resolveStage({ default: {}, anna }, "anna").waf;
  };
  for (const value of [10, 2_000_000_000])
    expect(resolve(value)).toEqual({ requestsPerFiveMinutes: value });
  for (const value of [9, 2_000_000_001, 10.5, "10", null, undefined]) {
    expect(() => resolve(value)).toThrow(
      "stages.ts: stage anna: waf.requestsPerFiveMinutes must be a whole number from 10 to 2000000000",
    );
  }
});

test("a domain needs no certificate: SST orders one", () => {
  const stage = resolveStage({ default: { domain: "app.example.com" } }, "anna");
  expect([stage.domain, stage.certificateArn]).toEqual(["app.example.com", undefined]);
});

const mistakes: [why: string, settings: object, message: string][] = [
  ["a setting that does not exist", { cors: [] }, "cors is not a setting"],
  ["any origin", { corsOrigins: ["*"] }, "corsOrigins has"],
  ["null as origin", { corsOrigins: ["null"] }, "corsOrigins has"],
  ["a wildcard in an origin", { corsOrigins: ["https://*.example.com"] }, "corsOrigins has"],
  ["an origin with a path", { corsOrigins: ["https://a.example/"] }, "corsOrigins has"],
  ["plain http elsewhere", { corsOrigins: ["http://a.example"] }, "corsOrigins has"],
  [
    "a slash behind an origin",
    { corsOrigins: ["https://a.example/"] },
    'corsOrigins has "https://a.example/": write it as browsers send it, https://a.example (in lower case, names in punycode, without a path)',
  ],
  [
    "a name beyond ASCII",
    { corsOrigins: ["https://bücher.example"] },
    'corsOrigins has "https://bücher.example": write it as browsers send it, https://xn--bcher-kva.example (in lower case, names in punycode, without a path)',
  ],
  [
    "a pattern of previews",
    { corsOrigins: ["https://*.vercel.app"] },
    'corsOrigins has "https://*.vercel.app": there are no patterns: write out each origin',
  ],
  [
    "an app's address with a path",
    { corsOrigins: ["capacitor://localhost/"] },
    'corsOrigins has "capacitor://localhost/": write out each origin, such as https://app.example.com or capacitor://localhost',
  ],
  ["a file", { corsOrigins: ["file://"] }, "corsOrigins has"],
  ["a script as origin", { corsOrigins: ["javascript://x"] }, "corsOrigins has"],
  [
    "a pattern as an address to return to",
    { spaClient: true, spaCallbackUrls: ["https://*.vercel.app/"] },
    'spaCallbackUrls has "https://*.vercel.app/": Cognito takes no patterns: write out each address, previews by their exact names',
  ],
  [
    "an address after the sign-out that Cognito refuses",
    { spaClient: true, spaLogoutUrls: ["http://a.example/"] },
    'spaLogoutUrls has "http://a.example/": Cognito takes http for localhost, 127.0.0.1 and [::1] only: use https',
  ],
  [
    "an address that comes twice",
    { spaClient: true, spaCallbackUrls: ["myapp://cb", "myapp://cb"] },
    "spaCallbackUrls names an address twice",
  ],
  [
    "more addresses than Cognito takes",
    {
      spaClient: true,
      spaCallbackUrls: Array.from(
        { length: 99 },
        (_none, port) => `http://localhost:${port + 3000}/`,
      ),
    },
    "spaCallbackUrls has too many addresses: Cognito takes 100",
  ],
  [
    "addresses of a client that there is not",
    { spaCallbackUrls: ["myapp://callback"] },
    "spaCallbackUrls is for the app client spa, which this stage does not have: set spaClient: true",
  ],
  [
    "documents of clients without the client that they stand for",
    { cimdUrlPatterns: ["https://client.example/*"] },
    "cimdUrlPatterns is for the app client spa, which this stage does not have: set spaClient: true",
  ],
  [
    "a pattern of documents that takes every host",
    { spaClient: true, cimdUrlPatterns: ["https://*"] },
    'cimdUrlPatterns has "https://*": write the address of the client\'s document',
  ],
  [
    "a pattern of documents twice",
    { spaClient: true, cimdUrlPatterns: ["https://client.example/*", "https://client.example/*"] },
    "cimdUrlPatterns names an address twice",
  ],
  [
    "one origin in place of a list",
    { corsOrigins: "https://a.example" },
    "corsOrigins must be an array",
  ],
  ["nothing in place of a list", { corsOrigins: null }, "corsOrigins must be an array"],
  ["a word that nobody knows", { revocation: "on" }, 'revocation must be "refuse", "allow", "off"'],
  ["a switch for a second factor", { mfa: true }, 'mfa must be "off", "optional", "required"'],
  [
    "Cognito's word for a second factor",
    { mfa: "ON" },
    'mfa must be "off", "optional", "required"',
  ],
  [
    "Cognito's word for threat protection",
    { threatProtection: "ENFORCED" },
    'threatProtection must be "off", "audit", "enforced"',
  ],
  ["a word in a list", { revocation: ["off"] }, "revocation must be"],
  ["false for a word", { revocation: false }, "revocation must be"],
  ["false for no streams", { streaming: false }, 'streaming must be "on", "never-empty", "off"'],
  ["text for true", { forwardToken: "yes" }, "forwardToken must be true or false"],
  ["a URL as domain", { domain: "https://a.example" }, "domain must be a host name"],
  ["a name without a dot", { domain: "app", certificateArn }, "domain must be a host name"],
  ["a wildcard as domain", { domain: "*.a.example", certificateArn }, "domain must be a host name"],
  ["a number as domain", { domain: 5, certificateArn }, "domain must be a host name"],
  [
    "a certificate without its domain",
    { certificateArn },
    "certificateArn needs domain: the name that it certifies",
  ],
  [
    "a certificate of another region",
    {
      domain: "app.example.com",
      certificateArn: certificateArn.replace("us-east-1", "eu-central-1"),
    },
    "certificateArn is in eu-central-1; CloudFront takes certificates of us-east-1 only: request one there, wherever the app runs",
  ],
  [
    "a certificate of IAM",
    {
      domain: "app.example.com",
      certificateArn: "arn:aws:iam::123456789012:server-certificate/x",
    },
    "certificateArn must look like arn:aws:acm:us-east-1:<account>:certificate/<id>",
  ],
  [
    "a certificate's id in place of its ARN",
    { domain: "app.example.com", certificateArn: "12345678-1234-1234-1234-123456789012" },
    "certificateArn must look like",
  ],
  ["a switch in place of the firewall's settings", { waf: true }, "waf must be an object"],
  ["nothing in place of the firewall's settings", { waf: null }, "waf must be an object"],
  [
    "a setting that the firewall does not have",
    { waf: { requestsPerFiveMinutes: 1000, requestsPerMinute: 5 } },
    "waf.requestsPerMinute is not a setting; the only one is waf.requestsPerFiveMinutes",
  ],
  ["a scope in place of a list", { peopleScopes: "api/read" }, "peopleScopes must be an array"],
  ["a cookie in place of a list", { forwardCookies: "theme" }, "forwardCookies must be an array"],
  [
    "a request header in another case",
    { corsRequestHeaders: ["X-Tenant"] },
    'corsRequestHeaders has "X-Tenant", which is not the name of a header in lower case',
  ],
  ["no name of a header", { corsRequestHeaders: ["a:b"] }, 'corsRequestHeaders has "a:b", which'],
  ["every header", { corsRequestHeaders: ["*"] }, "corsRequestHeaders has *, which no script"],
  [
    "a header that only the guard writes",
    { corsRequestHeaders: ["x-tenant", "x-forwarded-host"] },
    "corsRequestHeaders has x-forwarded-host, which no script of another origin may send",
  ],
  [
    "a cookie with its value",
    { forwardCookies: ["theme=dark"] },
    'forwardCookies has "theme=dark", which is not the name of a cookie',
  ],
  ["a pattern of cookies", { forwardCookies: ["a b"] }, 'forwardCookies has "a b", which is not'],
  ["a cookie without a name", { forwardCookies: [""] }, 'forwardCookies has "", which is not'],
  ["a name beyond ASCII", { forwardCookies: ["é"] }, 'forwardCookies has "é", which is not'],
  ["a cookie that is no text", { forwardCookies: [7] }, "forwardCookies has 7, which is not"],
  [
    "no key for sessions",
    { sealingKeys: [] },
    'sealingKeys must be one or two names, such as ["first"] or ["first", "second"]',
  ],
  ["three keys", { sealingKeys: ["a", "b", "c"] }, "sealingKeys must be one or two names"],
  ["a key twice", { sealingKeys: ["a", "a"] }, "sealingKeys must be one or two names"],
  ["a key in upper case", { sealingKeys: ["A"] }, "sealingKeys must be one or two names"],
  [
    "a cookie of the guard",
    { forwardCookies: ["theme", "__Host-Http-gatehouse-access.1of1"] },
    "forwardCookies has __Host-Http-gatehouse-access.1of1: the guard's own cookies never reach the backend",
  ],
  [
    "a cookie of the guard under its longer prefix, in another case",
    { forwardCookies: ["__host-HTTP-Gatehouse-access"] },
    "forwardCookies has __host-HTTP-Gatehouse-access: the guard's own",
  ],
  ["a member that every object has", { constructor: true }, "constructor is not a setting"],
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

describe("self sign-up", () => {
  test("in production has to be said twice", () => {
    for (const production of ["production", "prod"]) {
      expect(() => defineStages({ default: {}, [production]: { selfSignUp: true } })).toThrow(
        new TypeError(
          `stages.ts: stage ${production}: selfSignUp would let anybody on the internet into production; if you mean that, add selfSignUpInProduction: true`,
        ),
      );
    }
    const said = { selfSignUp: true, selfSignUpInProduction: true };
    expect(resolveStage({ default: {}, production: said }, "production").selfSignUp).toBe(true);
  });

  test("does not come to production by way of the default, not even where production is not named", () => {
    const stages = { default: { selfSignUp: true } };
    expect(() => defineStages({ ...stages, production: {} })).toThrow("selfSignUp would let");
    expect(() => resolveStage(stages, "prod")).toThrow("selfSignUp would let");
    expect(resolveStage(stages, "anna").selfSignUp).toBe(true);
  });

  test("is not opened by the confirmation alone", () => {
    const stages = { default: { selfSignUpInProduction: true } };
    expect(resolveStage(stages, "production").selfSignUp).toBe(false);
  });
});
