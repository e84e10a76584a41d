/** Whether the answer is a stream of server-sent events. */
export function isEventStream(headers: Readonly<Record<string, string>>): boolean {
  return /^text\/event-stream\s*(?:;|$)/i.test(headers["content-type"] ?? "");
}

/**
 * The last event of a stream that failed: its type is `error`, the last line of its data is JSON.
 *
 * It has no blank line before it. So an event that was half written becomes a part of it, and is not taken for a whole one.
 *
 * @param lastByte of what was sent before; undefined when that was nothing.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function errorEvent(requestId: string, lastByte: number | undefined): string {
  const inLine = lastByte !== undefined && lastByte !== 0x0a && lastByte !== 0x0d;
  const data = JSON.stringify({ code: "body_failed", requestId });
  return `${inLine ? "\n" : ""}event: error\ndata: ${data}\n\n`;
}
