import { parse } from "node:querystring";

import { RequestSigner } from "aws4";
import { AwsV4Signer } from "aws4fetch";
import { describe, expect, test } from "vitest";

import { readCorpus, type CorpusCase, type Witness } from "../../../corpus/read-corpus.ts";
import { botocoreCases } from "./signature-vectors.ts";
import {
  canonicalPathByTheRules,
  canonicalQueryByTheRules,
} from "@sst-gatehouse/testkit/sigv4-by-the-rules";
import { createSigner } from "../src/sigv4/signer.ts";
import { canonicalQuery, sortedQuery } from "../src/sigv4/wire.ts";

/*
 * The corpus at the signer alone: other people's libraries sign what ours sends, and every byte of the signature has to
 * be the same. Whether the backend then sees what was meant is for acceptance/corpus.test.ts.
 */

const host = "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-west-3.on.aws";
const region = "eu-west-3";
const credentials = {
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  sessionToken: "AQoDYXdzEPT//////////wEXAMPLETOKEN+/==",
};
/** 2026-11-22T12:00:00Z */
const now = 1_795_348_800;
const datetime = "20261122T120000Z";

const sign = createSigner({ credentials: () => credentials, now: () => now });
const caller = { "x-gatehouse-caller": ["eyJraW5kIjoiYW5vbnltb3VzIn0"] };

const corpus = readCorpus();
const arriving = corpus.filter(({ expected }) => expected.kind === "arrives");

/** What is on the wire, and the headers that its signature covers. */
interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization: string;
}

async function signedCase({ request, expected }: CorpusCase): Promise<Sent> {
  const mark = request.target.indexOf("?");
  const sent = mark < 0 ? request.target : request.target.slice(0, mark);
  const path = expected.kind === "arrives" ? expected.path : sent;
  const signed = await sign({
    method: request.method,
    host,
    path,
    query: mark < 0 ? "" : asText(request.target.slice(mark + 1)),
    headers: caller,
    body: { kind: "visible", bytes: request.body ?? new Uint8Array() },
  });
  const { authorization = [], ...headers } = signed.headers;
  const lines = Object.entries(headers).map(([name, values]) => [name, values.join(",")]);
  return {
    method: request.method,
    path,
    query: signed.query,
    headers: Object.fromEntries([["host", host], ...lines]),
    authorization: authorization.join(),
  };
}

/** What CloudFront gives to a function: text of UTF-8. The one case that is none has no query. */
function asText(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** The query as a map with an own member for each name, and every pair of it; aws4's own would stop at a thousand. */
function queryMap(query: string): Record<string, string | string[]> {
  const pairs = Object.entries(parse(query, "&", "=", { maxKeys: 0 }));
  return Object.fromEntries(
    pairs.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

const witnesses: Record<Witness, (sent: Sent) => Promise<string>> = {
  async aws4({ method, path, query, headers }) {
    const signer = new RequestSigner(
      {
        method,
        host,
        service: "lambda",
        region,
        headers: { ...headers },
        doNotModifyHeaders: true,
      },
      credentials,
    );
    signer.datetime = datetime;
    signer.parsedPath = { path, query: queryMap(query) };
    return signer.authHeader();
  },
  async aws4fetch({ method, path, query, headers }) {
    const { host: _host, ...others } = headers;
    const signer = new AwsV4Signer({
      method,
      url: `https://${host}${path}${query === "" ? "" : `?${query}`}`,
      headers: others,
      ...credentials,
      service: "lambda",
      region,
      datetime,
    });
    return signer.authHeader();
  },
};

describe.each(["aws4", "aws4fetch"] as const)(
  "%s signs what ours sends with the same signature",
  (name) => {
    test.each(arriving)("$name", async (one) => {
      const sent = await signedCase(one);
      const other = await witnesses[name](sent);
      // Where a library is known to differ it has to differ, or the corpus says what is no longer so.
      const isSame = other === sent.authorization;
      expect([isSame, one.differs[name] !== undefined]).toEqual([!one.differs[name], !isSame]);
    });
  },
);

describe("the rules themselves give the same path and query", () => {
  test.each(arriving)("$name", async (one) => {
    const { path, query } = await signedCase(one);
    expect(sortedQuery(canonicalQuery(query))).toBe(canonicalQueryByTheRules(query));
    expect(canonicalPathByTheRules(path)).toMatch(/^\/echo(?:\/|$)/);
  });
});

describe("what cannot be sent is not signed", () => {
  const refused = corpus.filter(
    ({ expected }) => expected.kind === "refused" && expected.code === "query_malformed",
  );
  // Length is the guard's to judge.
  const judgedHere = refused.filter(({ name }) => !name.includes("too long"));

  test.each(judgedHere)("$name", async (one) => {
    await expect(signedCase(one)).rejects.toMatchObject({ code: "query_malformed" });
  });
});

/**
 * What AWS's published suite asks, and where the corpus asks it of a whole request. The suite knows the answer and no
 * wire; the corpus knows the wire, and takes its answers from signers. `vectors.test.ts` signs the suite itself.
 */
const askedBySuite: Readonly<Record<string, string | { readonly notHere: string }>> = {
  "get-vanilla": "methods: GET",
  "get-vanilla-query": "paths: nothing after the slash",
  "get-vanilla-empty-query-key": "queries: a name with an empty value",
  "get-vanilla-query-order-key": "queries: a repeated name",
  "get-vanilla-query-order-key-case": "queries: names that differ in case",
  "get-vanilla-query-order-value": "queries: a repeated name whose values are not sorted",
  "get-vanilla-query-order-encoded": "queries: unicode in a name, with lower-case hex",
  "get-vanilla-query-unreserved": "queries: a tilde, raw and encoded",
  "get-vanilla-utf8-query": "queries: unicode, encoded",
  "get-vanilla-with-session-token": "headers: no header but those that must be",
  "get-unreserved": "paths: digits and unreserved punctuation",
  "get-utf8": "paths: unicode, raw",
  "get-header-key-duplicate": "headers: one name on two lines",
  "get-header-value-order": "headers: one name on two lines in two cases",
  "get-header-value-trim": "headers: blanks around a value",
  "get-header-value-multiline": { notHere: "HTTP has done away with folded lines" },
  "get-slash": "paths: an empty segment",
  "get-slashes": "paths: three slashes in a row",
  "get-slash-dot-slash": "paths: a dot segment",
  "get-slash-pointless-dot": "paths: a dot segment",
  "get-relative": "paths: two dots",
  "get-relative-relative": "paths: two dots at the end",
  "get-space": "paths: a space, encoded",
  "get-special-character": "paths: a dollar sign, raw",
  "post-vanilla": "bodies: no bytes",
  "post-vanilla-query": "methods: POST with a query and a body",
  "post-vanilla-empty-query-value": "queries: a name with an empty value",
  "post-header-key-case": "headers: a name in odd case",
  "post-header-key-sort": "headers: a list in one line",
  "post-header-value-case": "headers: every printable ASCII character in a value",
  "post-sts-header-before": { notHere: "the session token is always signed here" },
  "post-sts-header-after": { notHere: "the session token is always signed here" },
  "post-x-www-form-urlencoded": "bodies: a form",
  "post-x-www-form-urlencoded-parameters": "bodies: a form",
};

describe("AWS's published suite", () => {
  const asked = botocoreCases().map(({ name }) =>
    (name.split("/").at(-1) ?? "").replace(/-(?:un)?normalized$/, ""),
  );

  test("asks nothing that the corpus does not ask of a whole request, or says why not", () => {
    expect(asked.filter((name) => askedBySuite[name] === undefined)).toEqual([]);
    const names = new Set(corpus.map(({ name }) => name));
    const answers = Object.values(askedBySuite).filter((answer) => typeof answer === "string");
    expect(answers.filter((answer) => !names.has(answer))).toEqual([]);
  });
});
