import { request as send, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** An answer as `fetch` gives it. */
export interface Answer extends Response {
  /** Why it was refused, from the table in Gatehouse's docs; absent where the body has no code. */
  readonly code?: string;
}

/** What `Response` takes no body for. */
const withoutBody = new Set([101, 204, 205, 304]);

/**
 * Sends a request to an app on this machine, with exactly these headers: Node's own `fetch` would add `sec-fetch-mode: cors`,
 * and then nobody could test what a browser gets that opens a page. It follows no redirect.
 */
export async function ask(appUrl: string, path: string, init: RequestInit = {}): Promise<Answer> {
  const request = new Request(new URL(path, appUrl), init);
  const body = init.body == null ? undefined : Buffer.from(await request.arrayBuffer());
  const headers = Object.fromEntries(request.headers);
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const { method, signal } = request;
    send(request.url, { method, headers, signal, agent: false }, resolve)
      .on("error", reject)
      .end(body);
  });
  return toAnswer(message);
}

/** A refusal is read to its end for its code; everything else streams. */
async function toAnswer(message: IncomingMessage): Promise<Answer> {
  const { statusCode: status = 0, statusMessage: statusText = "", rawHeaders } = message;
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2)
    headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
  const head = { status, statusText, headers };
  if (withoutBody.has(status)) {
    message.resume();
    return new Response(null, head);
  }
  if (headers.get("content-type") !== "application/problem+json")
    return new Response(toStream(message), head);
  const problem = await text(message);
  const { code }: { code: string } = JSON.parse(problem);
  return Object.assign(new Response(problem, head), { code });
}

function toStream(message: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = message[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const chunk = await chunks.next();
      if (chunk.done === true) controller.close();
      else controller.enqueue(chunk.value);
    },
    cancel: () => void message.destroy(),
  });
}
