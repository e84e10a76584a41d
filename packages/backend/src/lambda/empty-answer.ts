/** In these a line break is not content: JSON without a value, markup without elements, an event stream without events. */
const typesWithoutContent =
  /^(?:application\/(?:[\w.-]+\+)?json|text\/(?:html|event-stream))\s*(?:;|$)/i;

/** Statuses that have no body, whatever was written. */
const bodilessStatuses = new Set([204, 205, 304]);

export interface EmptyAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Whether no client minds a line break in place of no body.
 *
 * It never arrives with HEAD, 204, 205 and 304: HTTP has a server leave it out (RFC 9110, section 6.4.1). Nobody reads it
 * with a redirect, a refusal, or an answer without a type. In text, and in a file, it would be content.
 */
export function takesLineBreak(method: string, { statusCode, headers }: EmptyAnswer): boolean {
  if (method === "HEAD" || bodilessStatuses.has(statusCode) || statusCode >= 300) return true;
  const { "content-type": type } = headers;
  return type === undefined || typesWithoutContent.test(type);
}
