import { isRecord } from "@sst-gatehouse/blueprint/is-record";

import type { EdgeHeader, EdgeHeaders } from "./edge-event.ts";
import { titleCase } from "../header-lines.ts";
import type { HeaderLine } from "../header-lines.ts";
import { awsSentences, InvalidEdgeResult, ownSentences } from "./invalid-edge-result.ts";
import { isDisallowed, readOnlyNames } from "../restricted-headers.ts";

const token = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/**
 * The headers object of a result, as lines.
 *
 * @throws {InvalidEdgeResult} unless each entry is an array of `{key?, value}` with text that fits on a header line.
 */
export function parseResultHeaders(headers: unknown): HeaderLine[] {
  if (!isRecord(headers)) {
    throw new InvalidEdgeResult(
      awsSentences.headerEntry,
      "the result has no headers object; was the whole event returned?",
    );
  }
  return Object.entries(headers).flatMap(([name, entries]) => {
    if (!Array.isArray(entries))
      throw new InvalidEdgeResult(
        awsSentences.headerEntry,
        `headers.${quoted(name)} is not an array`,
      );
    if (!token.test(name)) {
      throw new InvalidEdgeResult(
        ownSentences.header,
        `headers.${quoted(name)} is not a lower-case header name`,
      );
    }
    return entries.map((entry: unknown) => parseEntry(name, entry));
  });
}

function parseEntry(name: string, entry: unknown): HeaderLine {
  const where = `headers.${quoted(name)}`;
  if (!isRecord(entry))
    throw new InvalidEdgeResult(
      ownSentences.header,
      `${where} has an entry that is not of the form {key, value}`,
    );
  const { key = titleCase(name), value, ...rest } = entry;
  if (Object.keys(rest).length > 0)
    throw new InvalidEdgeResult(ownSentences.header, `${where} has more than key and value`);
  if (typeof key !== "string" || key.toLowerCase() !== name) {
    throw new InvalidEdgeResult(
      ownSentences.header,
      `${where} has a key that is not the same name`,
    );
  }
  if (typeof value !== "string")
    throw new InvalidEdgeResult(ownSentences.header, `${where} has a value that is not a string`);
  const control = /[^\t\x20-\x7e\x80-\u{10ffff}]/u.exec(value)?.[0];
  if (control !== undefined) {
    throw new InvalidEdgeResult(
      ownSentences.header,
      `invalid character : '%${control.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}' in header value, headerName : ${key}`,
    );
  }
  return [key, value];
}

/** @throws {InvalidEdgeResult} for a header that edge functions may not return. */
export function refuseDisallowed(lines: readonly HeaderLine[]): void {
  const found = lines.find(([key]) => isDisallowed(key.toLowerCase()));
  if (found !== undefined) {
    throw new InvalidEdgeResult(
      awsSentences.disallowedHeader,
      `${found[0]} may not be returned by an edge function`,
    );
  }
}

/**
 * @param before the headers of the event; none for a generated response.
 * @throws {InvalidEdgeResult} for a read-only header that is new, changed or gone. A `key` written in another case is a change.
 */
export function refuseReadOnlyChanges(before: EdgeHeaders, after: readonly HeaderLine[]): void {
  const details = readOnlyNames.flatMap((name) => {
    const old = before[name] ?? [];
    const now = after.filter(([key]) => key.toLowerCase() === name);
    if (isSame(old, now)) return [];
    return [
      `${name}: before ${lengths(old.map(({ value }) => value))}, after ${lengths(now.map(([, value]) => value))}`,
    ];
  });
  if (details.length > 0) {
    const names = details.map((detail) => detail.slice(0, detail.indexOf(":"))).join(", ");
    throw new InvalidEdgeResult(
      awsSentences.readOnlyHeader,
      `read-only headers were added, deleted or changed: ${names}`,
      details,
    );
  }
}

function isSame(old: readonly EdgeHeader[], now: readonly HeaderLine[]): boolean {
  return old.length === now.length && old.every((entry, index) => isSameLine(entry, now[index]));
}

function isSameLine({ key, value }: EdgeHeader, line: HeaderLine | undefined): boolean {
  return (
    line !== undefined &&
    line[1] === value &&
    (line[0] === key || line[0] === titleCase(key.toLowerCase()))
  );
}

function lengths(values: readonly string[]): string {
  if (values.length === 0) return "none";
  return values.map((value) => `${Buffer.byteLength(value)} bytes`).join(" + ");
}

/** JSON escapes keep control characters of a name out of the terminal. */
function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
