import { expect, test } from "vitest";

import { parseSettings } from "./settings.ts";

const environment = {
  GATEHOUSE_EDGE_ACCOUNT: "111122223333",
  GATEHOUSE_EDGE_ROLE: "gatehouse-dev-guard",
  GATEHOUSE_CORS_ORIGINS: '["https://ok.example","http://localhost:5173"]',
};

test("reads the settings from the environment", () => {
  expect(parseSettings(environment)).toEqual({
    edgeRole: { account: "111122223333", name: "gatehouse-dev-guard" },
    corsOrigins: ["https://ok.example", "http://localhost:5173"],
    streaming: "on",
  });
  for (const streaming of ["on", "never-empty", "off"])
    expect(parseSettings({ ...environment, GATEHOUSE_STREAMING: streaming })).toMatchObject({
      streaming,
    });
  expect(parseSettings({ ...environment, GATEHOUSE_CORS_ORIGINS: "[]" }).corsOrigins).toEqual([]);
});

const malformed: [name: string, value: string | undefined][] = [
  ["GATEHOUSE_EDGE_ACCOUNT", undefined],
  ["GATEHOUSE_EDGE_ACCOUNT", ""],
  ["GATEHOUSE_EDGE_ACCOUNT", "11112222333"],
  ["GATEHOUSE_EDGE_ACCOUNT", "111122223333\n"],
  ["GATEHOUSE_EDGE_ACCOUNT", "*"],
  ["GATEHOUSE_EDGE_ROLE", undefined],
  ["GATEHOUSE_EDGE_ROLE", ""],
  ["GATEHOUSE_EDGE_ROLE", "path/gatehouse-dev-guard"],
  ["GATEHOUSE_EDGE_ROLE", "arn:aws:iam::111122223333:role/x"],
  ["GATEHOUSE_EDGE_ROLE", "a".repeat(65)],
  ["GATEHOUSE_CORS_ORIGINS", undefined],
  ["GATEHOUSE_CORS_ORIGINS", ""],
  ["GATEHOUSE_CORS_ORIGINS", "https://ok.example"],
  ["GATEHOUSE_CORS_ORIGINS", '"https://ok.example"'],
  ["GATEHOUSE_CORS_ORIGINS", "{}"],
  ["GATEHOUSE_CORS_ORIGINS", '["*"]'],
  ["GATEHOUSE_CORS_ORIGINS", '["null"]'],
  ["GATEHOUSE_CORS_ORIGINS", "[null]"],
  ["GATEHOUSE_CORS_ORIGINS", '["https://ok.example/"]'],
  ["GATEHOUSE_CORS_ORIGINS", '["https://*.ok.example"]'],
  ["GATEHOUSE_CORS_ORIGINS", '["https://OK.example"]'],
  ["GATEHOUSE_CORS_ORIGINS", '["ftp://ok.example"]'],
  ["GATEHOUSE_STREAMING", ""],
  ["GATEHOUSE_STREAMING", "false"],
  ["GATEHOUSE_STREAMING", "ON"],
];

test.each(malformed)("does not start when %s is %j, and says which", (name, value) => {
  expect(() => parseSettings({ ...environment, [name]: value })).toThrow(
    expect.objectContaining({
      name: "TypeError",
      message: expect.stringMatching(`^${name} must be `),
    }),
  );
});
