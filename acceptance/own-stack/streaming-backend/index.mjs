/* global awslambda */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * A backend for tests of streams and answers, behind the local stack's Function URL. It says where it looks for files,
 * and goes on when the test has put one there: so a test proves an order, and measures no time.
 */
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  const { a = "{}" } = event.queryStringParameters ?? {};
  const asked = JSON.parse(a);
  const { rawPath } = event;
  const open = (head) => awslambda.HttpResponseStream.from(stream, { statusCode: 200, ...head });

  if (rawPath === "/answer") {
    const response = open(asked.head);
    response.write("");
    if (asked.body !== undefined) response.write(Buffer.from(asked.body, "base64"));
    return response.end();
  }
  if (rawPath === "/download") {
    const response = open({ headers: { "content-type": "application/octet-stream" } });
    for (let sent = 0; sent < asked.bytes;) {
      const chunk = Buffer.alloc(Math.min(65_521, asked.bytes - sent), sent % 251);
      sent += chunk.length;
      if (!response.write(chunk)) await once(response, "drain");
    }
    return response.end();
  }
  if (rawPath === "/breaks") {
    const response = open({ headers: { "content-type": "text/plain", ...asked.headers } });
    response.write("the first part");
    await sleep(10);
    throw new Error("the backend failed in the middle");
  }
  // Event by event, each only when the test has asked for it.
  const response = open({ headers: { "content-type": "text/event-stream" } });
  response.write(`data: ${tmpdir()}\n\n`);
  for (let count = 1; count <= asked.events; count += 1) {
    while (!existsSync(join(tmpdir(), `${asked.name}-${count}`))) await sleep(5);
    // Every other one is a heartbeat: a comment, which event sources do not show.
    response.write(count % 2 === 0 ? ": \n\n" : `data: ${count}\n\n`);
  }
  console.log(`${asked.name} wrote everything`);
  return response.end();
});
