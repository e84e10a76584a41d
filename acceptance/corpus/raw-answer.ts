/** An HTTP/1.1 answer, read from its bytes. */
export interface RawAnswer {
  readonly status: number;
  /** Lower-case names, values as Latin-1, in the order they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** What is left of an answer: more is to come, or the answer is whole. */
export type Reading = { readonly kind: "unfinished" } | ({ readonly kind: "whole" } & RawAnswer);

/**
 * Reads an answer from what has come so far.
 *
 * @param method of the request: an answer to HEAD has no body, whatever it announces.
 * @param ended whether the other side has closed the connection.
 * @throws {Error} when the connection closed before the answer was whole, or for bytes that are not HTTP.
 */
export function readAnswer(bytes: Buffer, method: string, ended: boolean): Reading {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return unfinished(ended);
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, headEnd).split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) throw new Error(`not HTTP: ${statusLine.slice(0, 80)}`);
  const rest = bytes.subarray(headEnd + 4);
  // `100 Continue` and its like come before the answer.
  if (status < 200) return readAnswer(rest, method, ended);
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  const valueOf = (name: string) => headers.find(([key]) => key === name)?.[1];
  const whole = (body: Buffer): Reading => ({ kind: "whole", status, headers, body });

  if (method === "HEAD" || status === 204 || status === 304) return whole(Buffer.alloc(0));
  if (valueOf("transfer-encoding") === "chunked") {
    const body = readChunks(rest);
    return body === undefined ? unfinished(ended) : whole(body);
  }
  const length = valueOf("content-length");
  if (length === undefined) return ended ? whole(rest) : { kind: "unfinished" };
  if (rest.length < Number(length)) return unfinished(ended);
  return whole(rest.subarray(0, Number(length)));
}

function unfinished(ended: boolean): Reading {
  if (ended) throw new Error("the connection closed before the answer was whole");
  return { kind: "unfinished" };
}

/** @returns `undefined` while the last chunk has not come. */
function readChunks(bytes: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error("not HTTP: a chunk has no size");
    const start = lineEnd + 2;
    if (bytes.length < start + size + 2) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}
