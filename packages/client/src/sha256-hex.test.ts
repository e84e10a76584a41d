import { randomBytes } from "node:crypto";

import { expect, test } from "vitest";

import { sha256 } from "../test/client.ts";
import { sha256Hex } from "./create-fetch.ts";

test("makes the hash that the guard asks for, as lower-case hex", async () => {
  const bytes = new Uint8Array(randomBytes(100_000));
  expect(await sha256Hex(new Blob([bytes]))).toBe(sha256(bytes));
  expect(await sha256Hex(new Blob([]))).toBe(sha256(""));
});
