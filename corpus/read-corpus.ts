import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

export const topics = ["paths", "queries", "headers", "bodies", "methods"] as const;

/** One request of the corpus, spelled out, and what has to become of it. */
export interface CorpusCase {
  /** `<topic>: <name>`; no two are alike. */
  readonly name: string;
  readonly topic: (typeof topics)[number];
  readonly request: CorpusRequest;
  readonly expected: Arrival | Refusal;
  /** Signers that sign something else, used as well as they can be, and why: they cannot judge this case. */
  readonly differs: Readonly<Partial<Record<Witness, string>>>;
}

/** The libraries that recompute signatures here. */
export type Witness = "aws4" | "aws4fetch";

/** What the client sends. In all text a character is a byte (Latin-1). */
export interface CorpusRequest {
  readonly method: string;
  /** Path and query as they go on the wire. */
  readonly target: string;
  /** One entry a line, without `Host`, authorisation and the framing of the body. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** `undefined`: none is sent, and none is announced. */
  readonly body: Buffer | undefined;
  /** Sent in chunks, without a length. */
  readonly chunked: boolean;
}

/** It reaches the backend exactly so. Unlike the request's, this text is decoded, but for the path. */
export interface Arrival {
  readonly kind: "arrives";
  readonly method: string;
  /** On the wire. */
  readonly path: string;
  /** Decoded once, in their order. */
  readonly pairs: readonly (readonly [name: string, value: string])[];
  /** By lower-case name; lines of one name joined with a comma. Others may be there, too. */
  readonly headers: Readonly<Record<string, string>>;
  /** Lower-case names that may not be there. */
  readonly absent: readonly string[];
  /** A text that no header may hold. */
  readonly nowhere: string | undefined;
  readonly body: { readonly sha256: string; readonly bytes: number };
  /** An HTTP parser before the guard may refuse it with 400. */
  readonly mayStopBefore: boolean;
}

export interface Refusal {
  readonly kind: "refused";
  /** Who has to say no: the guard (or whoever signs), CloudFront before it, or Lambda after it. */
  readonly by: "guard" | "cloudfront" | "lambda";
  readonly status: number;
  /** Of Gatehouse's table; only the guard gives one. */
  readonly code: string | undefined;
  /** An HTTP parser before the guard may refuse it already, with the same status. */
  readonly mayStopBefore: boolean;
  readonly why: string;
}

type Text = string | readonly (string | { readonly repeat: string; readonly times: number })[];
type Pair = readonly [name: Text, value: Text];

/** A case as it is in the file; `corpus/README.md` says what each member means. */
interface WrittenCase {
  readonly name: string;
  readonly method?: string;
  readonly target: Text;
  readonly headers?: readonly (readonly [
    name: string,
    value: Text | { readonly sha256OfBody: true },
  ])[];
  readonly body?: Text | { readonly bytes: number };
  readonly chunked?: true;
  readonly arrives?: {
    readonly path?: string;
    readonly mayStopBefore?: true;
    readonly pairs?: readonly Pair[] | { readonly repeat: Pair; readonly times: number };
    readonly headers?: Readonly<Record<string, Text>>;
    readonly absent?: readonly string[];
    readonly nowhere?: string;
  };
  readonly refused?: {
    readonly by: Refusal["by"];
    readonly status: number;
    readonly code?: string;
    readonly mayStopBefore?: true;
  };
  readonly differs?: CorpusCase["differs"];
  readonly why?: string;
}

/**
 * Every case of the corpus, spelled out.
 *
 * @throws {TypeError} for a case that says neither or both of what may become of it, or whose name is taken.
 */
export function readCorpus(): readonly CorpusCase[] {
  const names = new Set<string>();
  return topics.flatMap((topic) => {
    const file: { readonly cases: readonly WrittenCase[] } = JSON.parse(
      readFileSync(new URL(`./${topic}.json`, import.meta.url), "utf8"),
    );
    return file.cases.map((written) => {
      const name = `${topic}: ${written.name}`;
      if (names.has(name)) throw new TypeError(`two cases are called ${name}`);
      names.add(name);
      const request = requestOf(topic, written);
      const expected = expectedOf(name, written, request);
      return { name, topic, request, expected, differs: written.differs ?? {} };
    });
  });
}

function requestOf(topic: CorpusCase["topic"], written: WrittenCase): CorpusRequest {
  const { body: bytes, chunked = false } = written;
  const body = bytes === undefined ? undefined : bodyOf(bytes);
  return {
    method: written.method ?? (topic === "bodies" ? "POST" : "GET"),
    target: spellOut(written.target),
    headers: (written.headers ?? []).map(([name, value]) => [
      name,
      typeof value === "object" && "sha256OfBody" in value
        ? sha256(body ?? Buffer.alloc(0))
        : spellOut(value),
    ]),
    body,
    chunked,
  };
}

function expectedOf(
  name: string,
  { arrives, refused, why = "" }: WrittenCase,
  { method, target, body = Buffer.alloc(0) }: CorpusRequest,
): Arrival | Refusal {
  if ((arrives === undefined) === (refused === undefined))
    throw new TypeError(`${name} has to say one of arrives and refused`);
  if (refused !== undefined) {
    const { by, status, code, mayStopBefore = false } = refused;
    return { kind: "refused", by, status, code, mayStopBefore, why };
  }
  const [path = ""] = target.split("?");
  const { pairs = [], headers = {}, absent = [], nowhere, mayStopBefore = false } = arrives ?? {};
  return {
    kind: "arrives",
    method,
    path: arrives?.path ?? path,
    mayStopBefore,
    pairs: pairsOf(pairs),
    headers: Object.fromEntries(
      Object.entries(headers).map(([header, value]) => [header, spellOut(value)]),
    ),
    absent,
    nowhere,
    body: { sha256: sha256(body), bytes: body.length },
  };
}

function pairsOf(
  pairs: NonNullable<NonNullable<WrittenCase["arrives"]>["pairs"]>,
): [name: string, value: string][] {
  const all = "repeat" in pairs ? Array.from({ length: pairs.times }, () => pairs.repeat) : pairs;
  return all.map(([name, value]) => [spellOut(name), spellOut(value)]);
}

/** @returns text: a character a byte; `{"bytes": n}`: 0, 1, … 255, 0, 1, … until there are n. */
function bodyOf(body: NonNullable<WrittenCase["body"]>): Buffer {
  if (typeof body === "object" && "bytes" in body) {
    const every = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    return Buffer.alloc(body.bytes, every);
  }
  return Buffer.from(spellOut(body), "latin1");
}

function spellOut(text: Text): string {
  if (typeof text === "string") return text;
  return text
    .map((piece) => (typeof piece === "string" ? piece : piece.repeat.repeat(piece.times)))
    .join("");
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
