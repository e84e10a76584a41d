import type { IncomingMessage, ServerResponse } from "node:http";

export type RelayOutcome =
  | { readonly kind: "complete" }
  | { readonly kind: "viewer-gone" }
  | { readonly kind: "broken"; readonly reason: string };

/**
 * Passes the origin's body on as it comes, chunk by chunk, no faster than the viewer reads. Trailers stay behind.
 *
 * The read timeout also counts between two chunks, and only while the origin is waited for. A transfer that breaks breaks the viewer's too,
 * because its status is already sent.
 *
 * @param onChunk sees each chunk.
 */
export async function relayBody(
  origin: IncomingMessage,
  viewer: ServerResponse,
  readTimeoutSeconds: number,
  onChunk: (chunk: Buffer) => void,
): Promise<RelayOutcome> {
  let silent = false;
  const chunks: AsyncIterator<Buffer> = origin[Symbol.asyncIterator]();
  try {
    for (;;) {
      const timer = setTimeout(() => {
        silent = true;
        origin.destroy();
      }, readTimeoutSeconds * 1000);
      const next = await chunks.next().finally(() => clearTimeout(timer));
      if (viewer.destroyed) return { kind: "viewer-gone" };
      if (silent) return broken(viewer, `no further bytes within ${readTimeoutSeconds} s`);
      if (next.done === true) break;
      onChunk(next.value);
      if (!viewer.write(next.value)) await drained(viewer);
    }
  } catch (error) {
    if (viewer.destroyed) return { kind: "viewer-gone" };
    return broken(
      viewer,
      silent
        ? `no further bytes within ${readTimeoutSeconds} s`
        : `the origin cut the transfer (${String(error)})`,
    );
  }
  viewer.end();
  return { kind: "complete" };
}

function broken(viewer: ServerResponse, reason: string): RelayOutcome {
  // To HTTP/1.0 an orderly end of the connection is the end of the answer: only a reset says that it is not.
  if (viewer.req.httpVersion === "1.0") viewer.socket?.resetAndDestroy();
  viewer.destroy();
  return { kind: "broken", reason };
}

function drained(viewer: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      viewer.off("drain", done).off("close", done);
      resolve();
    };
    viewer.on("drain", done).on("close", done);
    if (viewer.destroyed) done();
  });
}
