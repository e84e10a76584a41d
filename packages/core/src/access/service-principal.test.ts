import { describe, expect, test } from "vitest";

import { isServicePrincipal, parseServicePrincipal } from "./service-principal.ts";

describe("a role", () => {
  const service = parseServicePrincipal("arn:aws:iam::111122223333:role/Nightly");

  test.each([
    ["any session of it", "arn:aws:sts::111122223333:assumed-role/Nightly/run-1", true],
    [
      "a session named like an e-mail address",
      "arn:aws:sts::111122223333:assumed-role/Nightly/a@example.com",
      true,
    ],
    ["the role itself, which cannot call", "arn:aws:iam::111122223333:role/Nightly", false],
    ["a longer name", "arn:aws:sts::111122223333:assumed-role/NightlyX/run-1", false],
    ["another case", "arn:aws:sts::111122223333:assumed-role/nightly/run-1", false],
    ["another account", "arn:aws:sts::444455556666:assumed-role/Nightly/run-1", false],
    ["another partition", "arn:aws-cn:sts::111122223333:assumed-role/Nightly/run-1", false],
    ["a session with a slash", "arn:aws:sts::111122223333:assumed-role/Nightly/a/b", false],
    ["no session", "arn:aws:sts::111122223333:assumed-role/Nightly/", false],
    [
      "a session named like the role",
      "arn:aws:sts::111122223333:assumed-role/Other/Nightly",
      false,
    ],
    ["a federated user of that name", "arn:aws:sts::111122223333:federated-user/Nightly", false],
    ["something in front", "x arn:aws:sts::111122223333:assumed-role/Nightly/run-1", false],
    ["a line behind", "arn:aws:sts::111122223333:assumed-role/Nightly/run-1\n", false],
  ])("%s: %s is %s", (_why, arn, expected) => {
    expect(isServicePrincipal(service, arn)).toBe(expected);
  });
});

test.each([
  "arn:aws:iam::111122223333:user/ops",
  "arn:aws:iam::111122223333:user/people/ops",
  "arn:aws:sts::111122223333:assumed-role/Nightly/run-1",
  "arn:aws-us-gov:sts::111122223333:federated-user/ops",
])("%s is matched whole", (entry) => {
  const service = parseServicePrincipal(entry);
  expect(isServicePrincipal(service, entry)).toBe(true);
  expect(isServicePrincipal(service, `${entry}x`)).toBe(false);
  expect(isServicePrincipal(service, entry.toUpperCase())).toBe(false);
});

test.each([
  "",
  "*",
  "Nightly",
  "arn:aws:iam::111122223333:role/*",
  "arn:aws:iam::111122223333:role/path/Nightly",
  "arn:aws:iam::1111:role/Nightly",
  "arn:aws:iam::111122223333:root",
  "arn:aws:sts::111122223333:assumed-role/Nightly/*",
  "arn:aws:sts::111122223333:assumed-role/Nightly",
  "arn:aws:iam::111122223333:role/Nightly\n",
])("%j is not a service", (entry) => {
  expect(() => parseServicePrincipal(entry)).toThrow(TypeError);
});
