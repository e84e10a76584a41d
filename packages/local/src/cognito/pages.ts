import { createHash } from "node:crypto";

const style = `
:root { color-scheme: light dark; --ink: #1a1f2b; --paper: #f4f5f8; --card: #ffffff; --line: #8a91a1; --act: #1f4fd1; --act-ink: #ffffff; --bad: #a8121c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf0; --paper: #12151c; --card: #1b202b; --line: #7d8598; --act: #9db8ff; --act-ink: #10131a; --bad: #ffa3a3; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 24rem; padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.2; }
label { display: block; margin: 1rem 0 0.25rem; font-weight: 600; }
input { width: 100%; padding: 0.65rem 0.75rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 0.5rem; }
button { width: 100%; margin-top: 1.5rem; padding: 0.75rem; font: inherit; font-weight: 600; color: var(--act-ink); background: var(--act); border: 0; border-radius: 0.5rem; cursor: pointer; }
input:focus-visible, button:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
.problem { margin: 0; padding: 0.5rem 0.75rem; color: var(--bad); border: 1px solid currentColor; border-radius: 0.5rem; overflow-wrap: anywhere; }
.aside { margin: 1.5rem 0 0; font-size: 0.875rem; overflow-wrap: anywhere; }
`;

/** What the Content-Security-Policy lets in: this one style sheet, by its hash. */
export const formStyleSource = `'sha256-${createHash("sha256").update(style).digest("base64")}'`;

interface Form {
  /** The query that the form posts back to `/login`, as on the wire. */
  readonly query: string;
  readonly csrf: string;
  /** Shown above the form. */
  readonly problem?: string;
}

/** Asks for username and password, with the field names of Cognito's hosted pages. */
export function signInPage({ query, csrf, problem }: Form): string {
  return layout(
    "Sign in",
    `${problemNote(problem)}<form method="post" action="/login?${escapeHtml(query)}">
${hidden("_csrf", csrf)}
<label for="username">Username</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus${describedBy(problem)}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${describedBy(problem)}>
<button type="submit">Sign in</button>
</form>`,
  );
}

/** Asks for a new password after the temporary one. */
export function newPasswordPage({
  query,
  csrf,
  problem,
  session,
}: Form & { readonly session: string }): string {
  return layout(
    "Choose a new password",
    `${problemNote(problem)}<p>Your password was temporary. At least 8 characters, with upper case, lower case, a digit and a symbol.</p>
<form method="post" action="/login?${escapeHtml(query)}">
${hidden("_csrf", csrf)}
${hidden("session", session)}
<label for="new_password">New password</label>
<input id="new_password" name="new_password" type="password" autocomplete="new-password" required autofocus${describedBy(problem)}>
<label for="confirm_password">New password again</label>
<input id="confirm_password" name="confirm_password" type="password" autocomplete="new-password" required${describedBy(problem)}>
<button type="submit">Save and sign in</button>
</form>`,
  );
}

/** Says what went wrong. `message` is one of the stand-in's own sentences. */
export function errorPage(message: string): string {
  return layout("Something went wrong", `<p class="problem">${escapeHtml(message)}</p>`);
}

function layout(heading: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(heading)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(heading)}</h1>
${content}
<p class="aside">This page plays Amazon Cognito on your machine. Use a local test account only.</p>
</main>
</body>
</html>
`;
}

function problemNote(problem: string | undefined): string {
  return problem === undefined
    ? ""
    : `<p class="problem" id="problem" role="alert">${escapeHtml(problem)}</p>\n`;
}

function describedBy(problem: string | undefined): string {
  return problem === undefined ? "" : ' aria-describedby="problem" aria-invalid="true"';
}

function hidden(name: string, value: string): string {
  return `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}
