import { request as send } from "node:http";

import { startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";

/** Stands before the app for a client that has no way to send a token: it adds one, and changes nothing else. */
export async function startBearerForwarder(
  app: string,
  accessToken: string,
): Promise<{ readonly origin: string; readonly close: () => Promise<void> }> {
  const server = await startLoopbackServer();
  const { host, port } = new URL(app);
  const here = new URL(server.origin).host;
  // Its own name is the app's. Any other is passed on as it came.
  const asTheApp = (name = "") => (name.endsWith(here) ? name.replace(here, host) : name);
  server.handle = async (request, response) => {
    const { origin, ...headers } = request.headers;
    const toApp = send(
      {
        host: "127.0.0.1",
        port,
        path: request.url,
        method: request.method,
        agent: false,
        headers: {
          ...headers,
          ...(origin !== undefined && { origin: asTheApp(origin) }),
          host: asTheApp(headers.host),
          authorization: `Bearer ${accessToken}`,
        },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    toApp.on("error", (error) => response.destroy(error));
    response.on("close", () => toApp.destroy());
    request.pipe(toApp);
  };
  return { origin: server.origin, close: server.close };
}
