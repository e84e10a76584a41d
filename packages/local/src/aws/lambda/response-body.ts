import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";

/**
 * A streamed response as its reader sees it: each chunk when it comes, and an error behind the last one when the
 * function failed in the middle.
 *
 * A reader that goes away does not stop the function: what it still sends is read and dropped, as at AWS.
 *
 * @param whyBroken asked when the request is over; undefined when all is well.
 */
export function createResponseBody(
  request: IncomingMessage,
  whyBroken: () => Promise<Error | undefined>,
): Readable {
  const body = new Readable({
    // One chunk at a time: an error must not overtake chunks that nobody has read yet.
    highWaterMark: 1,
    read() {
      request.resume();
    },
    destroy(error, callback) {
      request.resume();
      callback(error);
    },
  });

  async function finish(): Promise<void> {
    const error = await whyBroken();
    if (error === undefined) body.push(null);
    else body.destroy(error);
  }

  request.on("data", (chunk: Buffer) => {
    if (!body.destroyed && !body.push(chunk)) request.pause();
  });
  request.on("error", () => {}); // "close" follows
  request.once("close", () => {
    finish().catch((error: Error) => body.destroy(error));
  });
  return body;
}
