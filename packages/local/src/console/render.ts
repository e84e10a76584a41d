import { escapeHtml, pageStyle } from "@sst-gatehouse/blueprint/page";

import type { Hop, LoggedRequest } from "./request-log.ts";

/** The page itself, which holds nothing: what it shows it asks for. */
export function consolePage(style: string, people: readonly string[]): string {
  const options = people.map((name) => `<option>${escapeHtml(name)}</option>`).join("");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatehouse console</title>
<style>${style}</style>
<script src="/console.js" defer></script>
</head>
<body>
<main>
<h1>Each request, hop by hop</h1>
<form id="call"><label for="person">Call the app as</label>
<select id="person">${options}</select> <button>Make a curl line</button></form>
<pre id="curl" tabindex="0" hidden></pre>
<p id="state" role="status">Waiting for the first request.</p>
<div id="requests"></div>
</main>
</body>
</html>
`;
}

export const consoleStyle = `${pageStyle}
body { display: block; }
main { max-width: 72rem; margin: 0 auto; }
form { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
form label { margin: 0; }
select { padding: 0.4rem; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; }
form button { width: auto; margin: 0; padding: 0.4rem 0.75rem; }
pre { margin: 0.5rem 0; padding: 0.5rem; overflow-x: auto; font: 0.8125rem/1.5 ui-monospace, monospace; border: 1px solid var(--line); border-radius: 0.5rem; white-space: pre-wrap; overflow-wrap: anywhere; }
details { border-top: 1px solid var(--line); padding: 0.35rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
summary:focus-visible, select:focus-visible, pre:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
.bad { color: var(--bad); font-weight: 600; }
.reason { margin: 0.5rem 0; padding: 0.5rem 0.75rem; color: var(--bad); border: 1px solid currentColor; border-radius: 0.5rem; overflow-wrap: anywhere; }
ol { margin: 0.5rem 0; padding-left: 1.5rem; }
li { margin: 0.35rem 0; overflow-wrap: anywhere; }
.ms { opacity: 0.8; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; font: 0.8125rem/1.5 ui-monospace, monospace; }
th { text-align: left; font: inherit; font-weight: 600; }
td, th { padding: 0.1rem 0.35rem; vertical-align: top; overflow-wrap: anywhere; border: 1px solid var(--line); }
mark { color: inherit; background: none; font-weight: 700; text-decoration: underline; text-decoration-color: var(--bad); text-decoration-thickness: 2px; }
`;

/** A line of the list: when, what was asked, what came of it, why not. */
export function renderSummary({ at, hops }: LoggedRequest): string {
  const [first] = hops;
  const answered = hops.findLast(({ what }) => what.startsWith("answered "));
  const refusal = whyRefused(hops);
  const words = [
    at.toISOString().slice(11, 19),
    first?.what.replace(/^received /, "") ?? "",
    answered === undefined ? "" : `→ ${answered.what.replace(/^answered /, "")}`,
    answered?.ms === undefined ? "" : `${answered.ms} ms`,
  ];
  const bad = refusal === undefined ? "" : ` <span class="bad">${escapeHtml(refusal.what)}</span>`;
  return escapeHtml(words.filter(Boolean).join("  ")) + bad;
}

/** All that is known of a request; of a refusal first its reason. */
export function renderDetails({ id, hops }: LoggedRequest): string {
  const refusal = whyRefused(hops);
  const reason =
    refusal === undefined
      ? ""
      : `<p class="reason">${escapeHtml(`${refusal.from}: ${refusal.what}`)}</p>${renderCanonical(refusal)}`;
  return `${reason}<ol>${hops.map((hop) => renderHop(hop, hop === refusal)).join("")}</ol><p>Request ${escapeHtml(id)}</p>`;
}

/** The first that refused knows best why. */
function whyRefused(hops: readonly Hop[]): Hop | undefined {
  return hops.find(({ refused }) => refused);
}

function renderHop(
  { from, what, details, ms, line, refused, canonical }: Hop,
  told: boolean,
): string {
  const time = ms === undefined ? "" : ` <span class="ms">${ms} ms</span>`;
  const head = `<b>${escapeHtml(from)}</b> <span${refused ? ' class="bad"' : ""}>${escapeHtml(what)}</span>${time}`;
  // The table says the same, side by side.
  const shown = told && canonical !== undefined ? details.filter(isHint) : details;
  const block = [...shown, ...(line === undefined ? [] : membersOf(line))]
    .map(escapeHtml)
    .join("\n");
  return `<li>${head}${block === "" ? "" : `<pre tabindex="0">${block}</pre>`}</li>`;
}

/** Lines of a canonical request are set in, or announced by a colon. */
function isHint(detail: string): boolean {
  return !detail.startsWith("  ") && !detail.endsWith("computed here:");
}

function membersOf(line: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(line)
    .filter(([name]) => !["v", "by", "requestId", "detail", "_aws", "requests"].includes(name))
    .map(
      ([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
    );
}

function renderCanonical({ canonical }: Hop): string {
  if (canonical === undefined) return "";
  const { received, signed } = canonical;
  const rows = Array.from(
    { length: Math.max(received.length, signed?.length ?? 0) },
    (_, index) => {
      const [ours = "", theirs = ""] = [received[index], signed?.[index]];
      const cells = signed === undefined ? [ours] : [ours, theirs];
      const differs = signed !== undefined && ours !== theirs;
      const cell = (text: string) =>
        `<td>${differs ? `<mark>${escapeHtml(text)}</mark>` : escapeHtml(text)}</td>`;
      return `<tr${differs ? ' class="differs"' : ""}>${cells.map(cell).join("")}</tr>`;
    },
  );
  const heads = ["The canonical request as it arrived", "As it was signed"];
  const columns = heads.slice(0, signed === undefined ? 1 : 2);
  return `<table><thead><tr>${columns.map((head) => `<th scope="col">${head}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}
