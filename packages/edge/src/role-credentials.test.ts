import { expect, test } from "vitest";

import { createRoleCredentials } from "./role-credentials.ts";

const first = {
  AWS_ACCESS_KEY_ID: "ASIA1",
  AWS_SECRET_ACCESS_KEY: "secret-1",
  AWS_SESSION_TOKEN: "token-1",
};

test("are taken anew as soon as they are others, and stay the same object until then", () => {
  const environment = { ...first };
  const credentials = createRoleCredentials(environment);
  const before = credentials();
  expect(before).toEqual({
    accessKeyId: "ASIA1",
    secretAccessKey: "secret-1",
    sessionToken: "token-1",
  });
  expect(credentials()).toBe(before);
  environment.AWS_ACCESS_KEY_ID = "ASIA2";
  environment.AWS_SECRET_ACCESS_KEY = "secret-2";
  environment.AWS_SESSION_TOKEN = "token-2";
  expect(credentials()).toEqual({
    accessKeyId: "ASIA2",
    secretAccessKey: "secret-2",
    sessionToken: "token-2",
  });
});

test.each(Object.keys(first))("there are none without %s, or with an empty one", (name) => {
  for (const value of [undefined, ""]) {
    const credentials = createRoleCredentials({ ...first, [name]: value });
    expect(credentials).toThrow(new TypeError("the guard has no role credentials"));
  }
});

test("there are none once they are taken away", () => {
  const environment: Record<string, string> = { ...first };
  const credentials = createRoleCredentials(environment);
  credentials();
  delete environment["AWS_SESSION_TOKEN"];
  expect(credentials).toThrow(TypeError);
});
