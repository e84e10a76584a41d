import { urlToHttpOptions } from "node:url";

import { exchange, readText } from "@sst-gatehouse/revocations/bounded-https";

const timeoutMs = 3000;
/** Cognito's key set has two keys and about 1 KB. */
const maxBytes = 64 * 1024;

/**
 * Gets a JSON document over HTTPS. No redirects: the URL is a trust anchor. Built into a file of its own,
 * `fetch-key-set.cjs`, because a request with a known key never needs it.
 *
 * @throws {Error} (rejects) on any status but 200, after three seconds, or over 64 KB.
 */
export function fetchJson(url: string): Promise<unknown> {
  const options = { ...urlToHttpOptions(new URL(url)), headers: { accept: "application/json" } };
  const late = "the key set did not arrive in time";
  return exchange({ options, timeoutMs, late }, async (response) => {
    if (response.statusCode !== 200) {
      response.destroy();
      throw new Error(`the key set was answered with status ${response.statusCode ?? 0}`);
    }
    return JSON.parse(await readText(response, maxBytes, "the key set"));
  });
}
