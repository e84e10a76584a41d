import { once } from "node:events";
import { type IncomingHttpHeaders, request as send } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

import { generate } from "selfsigned";

/**
 * The addresses of a stack by https, as on AWS, for a browser that takes any certificate: scheme and port are changed in
 * whatever travels, both ways.
 */
export async function behindTls(
  loopbackUrl: string,
): Promise<{ at(url: string): string; close(): void }> {
  const { port } = new URL(loopbackUrl);
  let tlsPort = 0;
  /** Also percent-encoded, in the addresses of addresses. */
  const replace = (text: string, from: [string, string | number], to: [string, string | number]) =>
    text.replaceAll(
      new RegExp(`\\b${from[0]}(:|%3A)(//|%2F%2F)([\\w.]+)(:|%3A)${from[1]}\\b`, "gi"),
      `${to[0]}$1$2$3$4${to[1]}`,
    );
  const inward = (text: string) => replace(text, ["https", tlsPort], ["http", port]);
  const outward = (text: string) => replace(text, ["http", port], ["https", tlsPort]);
  const each = (headers: IncomingHttpHeaders, change: (text: string) => string) =>
    Object.fromEntries(
      Object.entries(headers).map(([name, value = ""]) => [
        name,
        Array.isArray(value) ? value.map(change) : change(value),
      ]),
    );
  const { private: key, cert } = await generate([{ name: "commonName", value: "app.localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
  });
  const front = createServer({ key, cert }, (request, response) => {
    const { host = "", ...headers } = request.headers;
    const onward = send(
      {
        host: "127.0.0.1",
        port,
        method: request.method,
        path: inward(request.url ?? "/"),
        headers: { ...each(headers, inward), host: host.replace(`${tlsPort}`, port) },
      },
      (answer) => {
        const { "content-length": _ofTheOther, ...told } = each(answer.headers, outward);
        response.writeHead(answer.statusCode ?? 502, told);
        if (!/^text\/html\b/.test(answer.headers["content-type"] ?? ""))
          return void answer.pipe(response);
        return void buffer(answer).then((page) => response.end(outward(page.toString())));
      },
    );
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  }).listen(0, "127.0.0.1");
  await once(front, "listening");
  tlsPort = (front.address() as AddressInfo).port;
  return { at: outward, close: () => void front.close().closeAllConnections() };
}
