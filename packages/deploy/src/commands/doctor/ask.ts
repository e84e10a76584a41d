import { request } from "node:https";

const timeoutMs = 20_000;
/** Of a page, as much as is looked at. */
const maxBodyBytes = 256 * 1024;

/** What came back for one request; redirects are not followed. */
export interface Answer {
  readonly status: number;
  /** By lower-case name; of several lines the first. */
  readonly headers: Readonly<Record<string, string>>;
  /** Every `Set-Cookie` line. */
  readonly setCookies: readonly string[];
  /** At most 256 KB. */
  readonly body: string;
}

export interface AskOptions {
  /** GET when left out; POST where there is a body. */
  readonly method?: "HEAD" | "POST";
  readonly body?: string;
  /** Gives up before the 20 seconds are over. */
  readonly signal?: AbortSignal;
}

/** Sends a request as a client on the internet. Rejects when there is no answer in 20 seconds. */
export type Ask = (
  url: string,
  headers: Readonly<Record<string, string>>,
  options?: AskOptions,
) => Promise<Answer>;

export const ask: Ask = (url, headers, { method, body, signal } = {}) =>
  new Promise((resolve, reject) => {
    const asked = request(url, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      // AWS's common firewall rules block requests without one.
      headers: { "user-agent": "gatehouse-doctor", ...headers },
      agent: false,
      signal: AbortSignal.any([
        AbortSignal.timeout(timeoutMs),
        ...(signal === undefined ? [] : [signal]),
      ]),
    });
    asked.on("error", reject);
    asked.on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const answer = (): void => {
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(
            Object.entries(response.headers).map(([name, value]) => [
              name,
              Array.isArray(value) ? (value[0] ?? "") : (value ?? ""),
            ]),
          ),
          setCookies: response.headers["set-cookie"] ?? [],
          body: Buffer.concat(chunks).toString(),
        });
      };
      response.on("error", reject);
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes <= maxBodyBytes) return;
        answer();
        response.destroy();
      });
      response.on("end", answer);
    });
    asked.end(body);
  });
