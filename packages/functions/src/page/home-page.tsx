import type { Caller } from "sst-gatehouse/hono";
import { pageStyle } from "@sst-gatehouse/blueprint/page";
import { raw } from "hono/html";

import { homeStyle } from "./home-style.ts";

/** Where `HomePage` expects its script. */
export const scriptPath = "/page.js";

/** Shows people whom the backend takes them for, and lets them call it. Only the calls need the script. */
export function HomePage({ caller }: { readonly caller: Caller }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Gatehouse</title>
        {/* Unescaped: an escaped style sheet would not match its hash. */}
        <style>{raw(pageStyle)}</style>
        <style>{raw(homeStyle)}</style>
        <script type="module" src={scriptPath}></script>
      </head>
      <body>
        <main class="wide">
          <CallerDetails caller={caller} />
          <Calls />
          {caller.kind === "user" && (
            // A link and not a form: `form-action 'self'` would stop the redirect to the hosted sign-out.
            <a class="button" href="/.auth/logout">
              Sign out
            </a>
          )}
        </main>
      </body>
    </html>
  );
}

function CallerDetails({ caller }: { readonly caller: Caller }) {
  if (caller.kind === "anonymous") return <h1>Nobody is signed in</h1>;
  if (caller.kind === "service") {
    return <Details heading="Called by a service" rows={[["Role", [caller.arn]]]} />;
  }
  const scopes: Row = ["Scopes", caller.scopes];
  if (caller.kind === "client") {
    const rows: Row[] = [["Client id", [caller.clientId]], scopes];
    return <Details heading="Signed in as a machine" rows={rows} />;
  }
  const rows: Row[] = [["Username", [caller.username]], ["Groups", caller.groups], scopes];
  return <Details heading="You are signed in" rows={rows} />;
}

type Row = readonly [name: string, values: readonly string[]];

/** The values come from tokens: `<bdi>` keeps one that reverses the writing direction from reversing its surroundings. */
function Details({ heading, rows }: { readonly heading: string; readonly rows: readonly Row[] }) {
  return (
    <>
      <h1>{heading}</h1>
      <dl>
        {rows.map(([name, values]) => (
          <>
            <dt>{name}</dt>
            <dd>
              {values.length === 0
                ? "none"
                : values.map((value, index) => [index > 0 && ", ", <bdi>{value}</bdi>])}
            </dd>
          </>
        ))}
      </dl>
    </>
  );
}

/** `browser/start.ts` looks for these ids. Without it the buttons do nothing, so it is the one that enables them. */
function Calls() {
  return (
    <>
      <h2 id="calls-heading">Call the API</h2>
      <noscript>
        <p class="problem">The buttons need JavaScript.</p>
      </noscript>
      <fieldset id="calls" aria-labelledby="calls-heading" disabled>
        <button type="button" id="me">
          GET /me
        </button>
        <button type="button" id="echo">
          POST /echo
        </button>
        <button type="button" id="stream">
          GET /stream
        </button>
        <div class="upload">
          <label for="file">File for POST /files, up to 4 MB</label>
          <input type="file" id="file" />
          <button type="button" id="upload">
            POST /files
          </button>
        </div>
      </fieldset>
      <h2 id="answer-heading">Answer</h2>
      <div aria-live="polite">
        <p id="summary">Nothing has been called yet.</p>
        <p id="sign-in" class="problem" hidden>
          You are signed out. <a href="/.auth/login?return_to=/">Sign in again</a>
        </p>
        {/* Focusable, so that the keyboard can scroll it. */}
        <pre id="answer" tabindex={0} role="region" aria-labelledby="answer-heading"></pre>
      </div>
    </>
  );
}
