import { urlToHttpOptions } from "node:url";

import { exchange, readText } from "@sst-gatehouse/revocations/bounded-https";

const timeoutMs = 5000;
/** Three tokens are about 5 KB; with the largest that Cognito makes, still far less than this. */
const maxBytes = 128 * 1024;

export interface FormAnswer {
  readonly status: number;
  /** Parsed JSON; `undefined` when there is none. */
  readonly body: unknown;
}

export type PostForm = (
  url: string,
  fields: Readonly<Record<string, string>>,
  authorization: string,
) => Promise<FormAnswer>;

/**
 * Posts a URL-encoded form over HTTPS, once: codes and rotating refresh tokens do not survive a second attempt. No
 * redirects, and a connection of its own, because one that outlived a frozen container is dead.
 *
 * @throws {Error} (rejects) when no whole answer comes within five seconds, or one over 128 KB.
 */
export const postForm: PostForm = (url, fields, authorization) => {
  const body = new URLSearchParams(fields).toString();
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "content-length": Buffer.byteLength(body),
    accept: "application/json",
    authorization,
  };
  const options = {
    ...urlToHttpOptions(new URL(url)),
    method: "POST",
    headers,
    agent: false,
  };
  const late = "no answer in time";
  return exchange({ options, body, timeoutMs, late }, async (response) => {
    const text = await readText(response, maxBytes, "the answer");
    return { status: response.statusCode ?? 0, body: parse(text) };
  });
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON: the status says the rest
  }
}
