import type { IncomingMessage } from "node:http";

/** How much the stand-in holds in memory for one request. CloudFront itself takes far more; a Function URL takes 6 MB. */
export const maxBodyBytes = 20_000_000;

export type ViewerBody =
  | { readonly kind: "whole"; readonly bytes: Buffer }
  | { readonly kind: "too-large" }
  | { readonly kind: "cut-off" };

/** Reads the body to its end, so that nothing is lost between the function and the origin; what is too large is read and dropped. */
export async function readViewerBody(request: IncomingMessage): Promise<ViewerBody> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      // Reading on lets the viewer finish sending, and only then does it look for the answer.
      if (length > maxBodyBytes) chunks.length = 0;
      else chunks.push(chunk);
    }
  } catch {
    return { kind: "cut-off" };
  }
  return length > maxBodyBytes
    ? { kind: "too-large" }
    : { kind: "whole", bytes: Buffer.concat(chunks) };
}
