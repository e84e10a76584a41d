import { createHash } from "node:crypto";

import type { FunctionUrlEvent } from "@sst-gatehouse/local/event";
import { parseQuery } from "../../corpus/decoded-query.ts";
import type { Arrival, CorpusCase, Refusal } from "../../corpus/read-corpus.ts";

/** What the backend says of a request that reached it: the sample's `/echo`. */
export interface Echo {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly sha256: string; readonly bytes: number };
}

/** What became of a request, as far as its case says something about it. */
export type Outcome =
  | {
      readonly kind: "arrived";
      readonly method: string;
      readonly path: string;
      readonly pairs: readonly (readonly [name: string, value: string])[];
      readonly body: Echo["body"];
      /** Those that the case names. */
      readonly headers: Readonly<Record<string, string | undefined>>;
      /** Names of headers that should not have arrived. */
      readonly unwanted: readonly string[];
    }
  | {
      readonly kind: "refused";
      readonly by: Refusal["by"];
      readonly status: number;
      readonly code: string | undefined;
    };

/** What has to become of it where `aws4` judges signatures, as the local stack has it. */
export function meantOutcome({ expected, differs }: CorpusCase): Outcome {
  if (differs.aws4 !== undefined)
    return { kind: "refused", by: "lambda", status: 403, code: undefined };
  if (expected.kind === "refused") {
    const { by, status, code } = expected;
    return { kind: "refused", by, status, code };
  }
  const { method, path, pairs, body, headers } = expected;
  return { kind: "arrived", method, path, pairs, body, headers, unwanted: [] };
}

/** What the backend saw, compared with what the case says. */
export function arrivedOutcome(echo: Echo, expected: CorpusCase["expected"]): Outcome {
  const { method, path, query, body } = echo;
  const { headers, absent, nowhere }: Pick<Arrival, "headers" | "absent" | "nowhere"> =
    expected.kind === "arrives" ? expected : { headers: {}, absent: [], nowhere: undefined };
  const isUnwanted = ([name, value]: readonly [string, string]) =>
    absent.includes(name) || (nowhere !== undefined && value.includes(nowhere));
  return {
    kind: "arrived",
    method,
    path,
    pairs: parseQuery(query),
    body,
    headers: Object.fromEntries(Object.keys(headers).map((name) => [name, echo.headers[name]])),
    unwanted: Object.entries(echo.headers)
      .filter(isUnwanted)
      .map(([name]) => name),
  };
}

/** What `/echo` would say of this event. */
export function echoOf(event: FunctionUrlEvent): Echo {
  const body = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString,
    headers: event.headers,
    body: { sha256: createHash("sha256").update(body).digest("hex"), bytes: body.length },
  };
}
