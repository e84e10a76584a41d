import { anyCharacter } from "@sst-gatehouse/testkit/any-character";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { createLineSplitter, maxLineCharacters } from "./log-lines.ts";

function split(...chunks: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  for (const chunk of chunks) splitter.write(Buffer.from(chunk));
  splitter.end();
  return lines;
}

test("finds the same lines however the output was cut", () => {
  const text = fc.array(
    fc.string({ unit: anyCharacter }).map((line) => line.replace(/[\r\n]/g, "")),
  );
  fc.assert(
    fc.property(text, fc.infiniteStream(fc.integer({ min: 1, max: 5 })), (lines, lengths) => {
      const bytes = Buffer.from(lines.join("\n"));
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length;) {
        const { value: length } = lengths.next();
        chunks.push(bytes.subarray(at, at + length));
        at += length;
      }
      expect(split(...chunks)).toEqual(split(bytes));
      expect(split(bytes)).toEqual(
        lines.map((line) => Buffer.from(line).toString()).filter((line) => line !== ""),
      );
    }),
  );
});

test("ends lines at every kind of line end and drops empty ones", () => {
  expect(split("a\r\nb\rc\n\n\nd")).toEqual(["a", "b", "c", "d"]);
});

test("cuts a line that never ends, and says by how much", () => {
  const chunk = "x".repeat(5000);
  expect(split(chunk, chunk, chunk, "\nnext\n")).toEqual([
    `${"x".repeat(maxLineCharacters)} … ${15_000 - maxLineCharacters} more characters`,
    "next",
  ]);
});
