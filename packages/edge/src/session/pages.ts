import { createHash } from "node:crypto";

import { escapeHtml, pageStyle, renderPage } from "@sst-gatehouse/blueprint/page";
import type { LargestHeader } from "@sst-gatehouse/core/errors";
import type { CloudFrontResultResponse } from "aws-lambda";

import { answer, withHeaders } from "../responses.ts";
import { wordsFor } from "./problem-words.ts";
import { headersOf, type Problem } from "./sign-in-error.ts";

const styleHash = hashOf(pageStyle);

/** A way on: a link, or a button that posts. */
export interface Action {
  readonly label: string;
  /** Path and query on this origin, or the hosted sign-in. */
  readonly href: string;
  readonly post?: true;
  /** For the page's script: where to go in the place of `href` where the address has a fragment. */
  readonly withFragment?: string;
}

export interface PageContent {
  readonly heading: string;
  readonly sentences: readonly string[];
  readonly actions: readonly Action[];
  readonly aside?: string;
  /** Calls of this origin from the browser's console are let through; no script of the page could make any. */
  readonly callsFromConsole?: true;
  /** Where the browser goes on to by itself, with a script only where it runs none. As an action's `href`. */
  readonly continueTo?: string;
  /** A constant of `page-scripts.ts`; what it needs to know is in the first action's link. */
  readonly script?: string;
}

/**
 * A page of the guard's own: no script but a constant one, no other style than the shared one, in no frame.
 *
 * @param hostedOrigin where a form's answer may redirect to: browsers hold a form's redirects to `form-action` too.
 */
export function page(
  status: number,
  { heading, sentences, actions, aside, callsFromConsole, continueTo, script }: PageContent,
  {
    hostedOrigin,
    cookies = [],
  }: { hostedOrigin?: string | undefined; cookies?: readonly string[] },
): CloudFrontResultResponse {
  const content = [
    ...sentences.map((sentence) => `<p>${escapeHtml(sentence)}</p>`),
    ...actions.map(actionHtml),
    ...(script === undefined ? [] : [`<script>${script}</script>`]),
  ].join("\n");
  const refresh =
    continueTo === undefined
      ? ""
      : `<meta http-equiv="refresh" content="0;url=${escapeHtml(continueTo)}">\n`;
  const head = script === undefined ? refresh : `<noscript>${refresh}</noscript>\n`;
  const html = renderPage({ heading, content, head, ...(aside === undefined ? {} : { aside }) });
  const formAction = ["'self'", ...(hostedOrigin === undefined ? [] : [hostedOrigin])].join(" ");
  return answer(status, html, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `default-src 'none'; style-src 'sha256-${styleHash}';${script === undefined ? "" : ` script-src 'sha256-${hashOf(script)}';`} form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'${callsFromConsole ? "; connect-src 'self'" : ""}`,
    "cross-origin-opener-policy": "same-origin",
    // The address may hold a code. A form's page must let its origin be known, or browsers call it `null`.
    "referrer-policy": actions.some(({ post }) => post) ? "same-origin" : "no-referrer",
    "x-frame-options": "DENY",
    "set-cookie": cookies,
  });
}

/** For the person who is asked for help. */
export function asideOf(code: Problem["code"], requestId: string): string {
  return `${code}, request ${requestId}`;
}

/** A refusal, for a person. */
export function problemPage(
  problem: Problem,
  requestId: string,
  content: Pick<PageContent, "actions" | "continueTo">,
  options: Parameters<typeof page>[2],
): CloudFrontResultResponse {
  const { status, code, largest } = problem;
  const aside = asideOf(code, requestId);
  const { heading, sentences: words } = wordsFor(problem);
  const sentences = [...words, ...(largest === undefined ? [] : [sentenceOf(largest)])];
  return withHeaders(
    page(status, { heading, sentences, aside, ...content }, options),
    headersOf(problem),
  );
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

function sentenceOf({ header, cookie, bytes }: LargestHeader): string {
  const what = cookie === undefined ? `header “${header}”` : `cookie “${cookie}”`;
  return `The largest is the ${what}: ${bytes} bytes.`;
}

function actionHtml({ label, href, post, withFragment }: Action): string {
  const target = escapeHtml(href);
  const data =
    withFragment === undefined ? "" : ` data-with-fragment="${escapeHtml(withFragment)}"`;
  return post
    ? `<form method="post" action="${target}"><button type="submit">${escapeHtml(label)}</button></form>`
    : `<a class="button" href="${target}"${data}>${escapeHtml(label)}</a>`;
}
