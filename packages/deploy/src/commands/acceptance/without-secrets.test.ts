import { text } from "node:stream/consumers";

import { expect, test } from "vitest";

import { withoutSecrets } from "./without-secrets.ts";

const secrets = ["Acc-7pässword", "machine$&secret"];
const token = `eyJ${"h".repeat(20)}.${"p".repeat(30)}.${"s-_".repeat(10)}`;

const printed: [what: string, chunks: (string | Buffer)[], shown: string][] = [
  ["nothing secret", ["one\ntw", "o\n", "three"], "one\ntwo\nthree"],
  ["a secret", ["a Acc-7pässword b\n"], "a (secret) b\n"],
  ["each secret, as often as it comes", ["machine$&secretmachine$&secret\n"], "(secret)(secret)\n"],
  ["a secret in two chunks", ["x Acc-7", "pässword y\n"], "x (secret) y\n"],
  ["a secret in the last line", ["a\nAcc-7pässword"], "a\n(secret)"],
  ["a token", [`expected "${token}" to be\n`], 'expected "(secret)" to be\n'],
  ["a refresh token", [`${token}.abc.def!\n`], "(secret)!\n"],
];

test.each(printed)("passes on %s", async (_what, chunks, shown) => {
  const stream = withoutSecrets(secrets);
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  expect(await text(stream)).toBe(shown);
});

test("passes on a secret that is cut within a character", async () => {
  const bytes = Buffer.from("Acc-7pässword\n");
  const cut = bytes.indexOf(0xc3) + 1;
  const stream = withoutSecrets(secrets);
  stream.write(bytes.subarray(0, cut));
  stream.end(bytes.subarray(cut));
  expect(await text(stream)).toBe("(secret)\n");
});
