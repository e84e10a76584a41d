import { describe, expect, test } from "vitest";

import { isDocumentUrl, matchesUrlPatterns, urlPatternProblem } from "./client-documents.ts";

const below = "https://client.example/*";
const one = "https://client.example/oauth/client.json";

test.each([
  one,
  "https://claude.ai/oauth/claude-code-client-metadata",
  "https://a-b.client.example/.well-known/client_1~x.json",
])("%s is the address of a document", (url) => {
  expect([isDocumentUrl(url), urlPatternProblem(url), matchesUrlPatterns(url, [url])]).toEqual([
    true,
    undefined,
    true,
  ]);
});

const refused: readonly string[] = [
  "",
  "7spaclientid",
  "http://client.example/client.json",
  "HTTPS://client.example/client.json",
  "https:/client.example/client.json",
  "https:\\\\client.example\\client.json",
  "https://client.example",
  "https://client.example/",
  "https://client.example/client.json/",
  "https://client.example//client.json",
  "https://client.example/client.json#x",
  "https://client.example/client.json#",
  "https://client.example/client.json?x=1",
  "https://client.example/client.json?",
  "https://user@client.example/client.json",
  "https://user:secret@client.example/client.json",
  "https://client.example@evil.example/client.json",
  "https://client.example:443/client.json",
  "https://client.example:8443/client.json",
  "https://client.example/./client.json",
  "https://client.example/../client.json",
  "https://client.example/a/..",
  "https://client.example/a/.",
  "https://client.example/%2e%2e/client.json",
  "https://client.example/a%2fclient.json",
  "https://client.example/client%2Ejson",
  "https://client.example/..;/client.json",
  "https://client.example/a\\..\\client.json",
  "https://client.example/client.json ",
  " https://client.example/client.json",
  "https://client.example/client.json\n",
  "https://client.example/cli\tent.json",
  "https://client.example/clïent.json",
  "https://Client.example/client.json",
  "https://client.example./client.json",
  "https://clïent.example/client.json",
  "https://client.example%2eevil.example/client.json",
  "https://localhost/client.json",
  "https://127.0.0.1/client.json",
  "https://2130706433/client.json",
  "https://0x7f.0.0.1/client.json",
  "https://169.254.169.254/latest/meta-data",
  "https://[::1]/client.json",
  "https://[::ffff:127.0.0.1]/client.json",
  `https://client.example/${"a".repeat(240)}`,
];

test.each(refused)("%j is none, and no pattern takes it", (url) => {
  expect([isDocumentUrl(url), matchesUrlPatterns(url, [url, below, "https://*"])]).toEqual([
    false,
    false,
  ]);
  expect(urlPatternProblem(url)).toContain("write the address of the client's document");
});

describe("a pattern", () => {
  test.each([
    "*",
    "https://*",
    "https://*/client.json",
    "https://*.client.example/*",
    "https://client.example*",
    "https://client.example/*/client.json",
    "https://client.example/a*",
    "https://client.example/**",
    "https://client.example/*/*",
    "https://client.example:8443/*",
    "https://127.0.0.1/*",
    "https://localhost/*",
    "http://client.example/*",
    "https://a@client.example/*",
    "https://client.example/../*",
    7,
    null,
  ])("is not %j", (pattern) => {
    expect(urlPatternProblem(pattern)).toContain("write the address of the client's document");
  });

  test.each([
    [below, one, true],
    [below, "https://client.example/x", true],
    ["https://client.example/oauth/*", one, true],
    ["https://client.example/oauth/*", "https://client.example/oauth2/client.json", false],
    ["https://client.example/oauth/*", "https://client.example/oauth", false],
    [below, "https://client.example.evil/client.json", false],
    [below, "https://client.example.evil.example/client.json", false],
    [below, "https://evil-client.example/client.json", false],
    [below, "https://sub.client.example/client.json", false],
    [below, "https://evil.example/https://client.example/client.json", false],
    [one, `${one}.evil`, false],
    [one, "https://client.example/oauth/client", false],
    [one, "https://client.example/oauth/CLIENT.json", false],
  ])("%s takes %s: %s", (pattern, url, takes) => {
    expect(urlPatternProblem(pattern)).toBeUndefined();
    expect(matchesUrlPatterns(url, [pattern])).toBe(takes);
  });
});
