import { request as send, type IncomingMessage } from "node:http";

/**
 * `fetch` for the names of the local stack, which not every machine resolves: it dials 127.0.0.1. Follows no redirect.
 */
export async function localFetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
  const request = new Request(url, init);
  const { host, port, pathname, search } = new URL(request.url);
  const body = init.body == null ? undefined : Buffer.from(await request.arrayBuffer());
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    send(
      {
        host: "127.0.0.1",
        port,
        path: pathname + search,
        method: request.method,
        headers: { ...Object.fromEntries(request.headers), host },
        agent: false,
        ...(init.signal == null ? {} : { signal: init.signal }),
      },
      resolve,
    )
      .on("error", reject)
      .end(body);
  });
  const headers = new Headers();
  for (let index = 0; index < message.rawHeaders.length; index += 2)
    headers.append(message.rawHeaders[index] ?? "", message.rawHeaders[index + 1] ?? "");
  const status = message.statusCode ?? 0;
  if (status === 204 || status === 304) {
    message.resume();
    return new Response(null, { status, headers });
  }
  const chunks: AsyncIterator<Uint8Array> = message[Symbol.asyncIterator]();
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = await chunks.next();
      if (chunk.done === true) controller.close();
      else controller.enqueue(chunk.value);
    },
    cancel: () => void message.destroy(),
  });
  return new Response(stream, { status, headers });
}
