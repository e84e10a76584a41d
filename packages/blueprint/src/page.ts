/**
 * The look that the guard's own pages, the sign-in stand-in and the sample backend share: one style sheet, one frame.
 *
 * No scripts, and no styles but these: the sender of a page must allow the style sheet by its hash.
 */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #1a1f2b; --paper: #f4f5f8; --card: #ffffff; --line: #8a91a1; --act: #1f4fd1; --act-ink: #ffffff; --bad: #a8121c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf0; --paper: #12151c; --card: #1b202b; --line: #7d8598; --act: #9db8ff; --act-ink: #10131a; --bad: #ffa3a3; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 24rem; padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; }
main.wide { max-width: 44rem; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.2; }
h2 { margin: 1.5rem 0 0.5rem; font-size: 1.125rem; line-height: 1.3; }
a { color: var(--act); }
label { display: block; margin: 1rem 0 0.25rem; font-weight: 600; }
input { width: 100%; padding: 0.65rem 0.75rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 0.5rem; }
button, .button { display: block; width: 100%; margin-top: 1.5rem; padding: 0.75rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; color: var(--act-ink); background: var(--act); border: 0; border-radius: 0.5rem; cursor: pointer; }
a:focus-visible, input:focus-visible, button:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
.problem { margin: 0; padding: 0.5rem 0.75rem; color: var(--bad); border: 1px solid currentColor; border-radius: 0.5rem; overflow-wrap: anywhere; }
.aside { margin: 1.5rem 0 0; font-size: 0.875rem; overflow-wrap: anywhere; }
`;

export interface Page {
  /** Plain text: the title and the one heading. */
  readonly heading: string;
  /** HTML; the caller escapes every text that it did not write itself. */
  readonly content: string;
  /** Plain text below, in small type. */
  readonly aside?: string;
  /** HTML for the head, after the style sheet. */
  readonly head?: string;
}

/** A whole document around the content. */
export function renderPage({ heading, content, aside, head = "" }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(heading)}</title>
<style>${pageStyle}</style>
${head}</head>
<body>
<main>
<h1>${escapeHtml(heading)}</h1>
${content}
${aside === undefined ? "" : `<p class="aside">${escapeHtml(aside)}</p>\n`}</main>
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For text between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}
