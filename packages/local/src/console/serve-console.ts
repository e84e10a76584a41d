import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { readBody } from "../aws/read-body.ts";
import { consolePage, consoleStyle, renderDetails, renderSummary } from "./render.ts";
import { pageScript } from "./page-script.ts";
import type { RequestLog } from "./request-log.ts";

export interface ConsoleOptions {
  readonly log: RequestLog;
  /** `http://console.localhost:<port>` */
  readonly origin: string;
  /** Of this start: every call brings it. */
  readonly secret: string;
  readonly people: readonly string[];
  /** A line for a shell that calls the app as somebody; undefined for nobody of that name. */
  readonly curlLine: (person: string) => Promise<string | undefined>;
  /** For how long a call for news waits. */
  readonly waitSeconds?: number;
}

/** For the browser's page; the page's style is allowed by its hash, its script by where it is. */
const csp = `default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'sha256-${createHash("sha256").update(consoleStyle).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const common = {
  "cache-control": "no-store",
  "content-security-policy": csp,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/**
 * The console of the local stack. The page and its script hold nothing, so anybody may load them. Everything else needs
 * the secret in a header, which no other site's page can send: nothing here answers a preflight.
 */
export function createConsole({
  log,
  origin,
  secret,
  people,
  curlLine,
  waitSeconds = 20,
}: ConsoleOptions): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const page = consolePage(consoleStyle, people);

  return async (request, response) => {
    const send = (status: number, type: string, body: string): void => {
      response.writeHead(status, { ...common, "content-type": `${type}; charset=utf-8` });
      response.end(request.method === "HEAD" ? undefined : body);
    };
    const url = new URL(request.url ?? "/", origin);
    const asked = `${request.method} ${url.pathname}`;
    if (asked === "GET /") return send(200, "text/html", page);
    if (asked === "GET /console.js") return send(200, "text/javascript", pageScript);
    if (!mayAsk(request, origin, secret))
      return send(403, "text/plain", "Open the address that start printed.");
    if (asked === "GET /requests") {
      const after = Number(url.searchParams.get("after"));
      if (!Number.isSafeInteger(after)) return send(400, "text/plain", "after is a number");
      if (log.since(after).length === 0) await nextChange(log, response, waitSeconds);
      const news = log.since(after);
      const requests = news.map((each) => ({ id: each.id, summary: renderSummary(each) }));
      const change = news[0]?.change ?? after;
      return send(200, "application/json", JSON.stringify({ change, requests }));
    }
    if (asked === "GET /request") {
      const found = log.find(url.searchParams.get("id") ?? "");
      return found === undefined
        ? send(404, "text/plain", "This request is not kept any more.")
        : send(200, "text/html", renderDetails(found));
    }
    if (asked === "POST /token") {
      const body = await readBody(request, { maxBytes: 300, beyond: "dropped" });
      const line = typeof body === "string" ? undefined : await curlLine(body.toString());
      return line === undefined
        ? send(404, "text/plain", "There is nobody of that name here.")
        : send(200, "text/plain", line);
    }
    return send(404, "text/plain", "There is nothing here.");
  };
}

async function nextChange(
  log: RequestLog,
  response: ServerResponse,
  seconds: number,
): Promise<void> {
  const waited = new AbortController();
  const timer = setTimeout(() => waited.abort(), seconds * 1000);
  response.once("close", () => waited.abort());
  await log.changed(waited.signal);
  clearTimeout(timer);
}

/** From the console's own page alone. `Host` has been compared before anything comes here. */
function mayAsk({ headers }: IncomingMessage, origin: string, secret: string): boolean {
  const given = headers["x-gatehouse-console"];
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return (
    typeof given === "string" &&
    timingSafeEqual(digest(given), digest(secret)) &&
    (headers.origin === undefined || headers.origin === origin) &&
    (headers["sec-fetch-site"] === undefined || headers["sec-fetch-site"] === "same-origin")
  );
}
