/** What the backend announces of a body whose length its route knows; `Content-Length` does not survive a stream. */
const lengthHeader = "x-gatehouse-content-length";

/**
 * The answer, whose body cannot be read to its end when fewer bytes come than the backend announced: reading rejects with
 * a TypeError, as it does when the network breaks. Without this, a download whose backend failed looks whole.
 *
 * @returns the same answer when it has no body, or announces no length.
 */
export function withWholeBody(answer: Response): Response {
  const { body } = answer;
  const announced = answer.headers.get(lengthHeader) ?? "";
  if (body === null || !/^\d{1,15}$/.test(announced)) return answer;
  const expectedBytes = Number(announced);
  let bytes = 0;
  const checked = body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        controller.enqueue(chunk);
      },
      flush() {
        if (bytes < expectedBytes)
          throw new TypeError(
            `the answer broke off after ${bytes} of ${expectedBytes} bytes: the backend failed in the middle`,
          );
      },
    }),
  );
  return alike(new Response(checked, answer), answer);
}

/** A `Response` that is made by hand does not know where it is from. */
function alike(copy: Response, { url, redirected, type }: Response): Response {
  const clone = (): Response => alike(Response.prototype.clone.call(copy), copy);
  return Object.defineProperties(copy, {
    url: { value: url },
    redirected: { value: redirected },
    type: { value: type },
    clone: { value: clone },
  });
}
