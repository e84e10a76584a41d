/** One header line as on the wire: the name's case and repeated names are kept, nothing is joined. Bytes ≥ 0x80 are latin1. */
export type HeaderLine = readonly [name: string, value: string];

/** @param raw `rawHeaders` of a Node message: name, value, name, value, … */
export function toHeaderLines(raw: readonly string[]): HeaderLine[] {
  return Array.from(
    { length: raw.length / 2 },
    (_, index) => [raw[index * 2] ?? "", raw[index * 2 + 1] ?? ""] as const,
  );
}

/** The values of every line with this name, in order. @param name lower case. */
export function valuesOf(lines: readonly HeaderLine[], name: string): string[] {
  return lines.filter(([lineName]) => lineName.toLowerCase() === name).map(([, value]) => value);
}

/** What these lines take on the wire, in bytes, with `: ` and line ends. Values in latin1 form. */
export function bytesOf(lines: readonly HeaderLine[]): number {
  return lines.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
}

/** What edge functions see of bytes on the wire: UTF-8, or ISO-8859-1 converted to it. */
export function fromWire(raw: string): string {
  const bytes = Buffer.from(raw, "latin1");
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? text : raw;
}

/** Text that goes on the wire as UTF-8, in the latin1 form that Node writes byte for byte. */
export function toWire(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** `x-amz-date` → `X-Amz-Date`: what CloudFront writes when a function leaves `key` out. */
export function titleCase(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}
