/**
 * The SHA-256 of a body for the header `x-amz-content-sha256`: lower-case hex. `createFetch` adds that header by itself;
 * an upload by other means, such as `XMLHttpRequest`, has to.
 *
 * @throws {TypeError} in a page that is neither on https nor on localhost: browsers have no Web Crypto there.
 */
export async function sha256Hex(body: Blob): Promise<string> {
  // Without Web Crypto, `crypto.subtle` is missing, whatever its type says.
  const { subtle }: { readonly subtle?: SubtleCrypto } = globalThis.crypto;
  if (subtle === undefined)
    throw new TypeError("this body must be hashed, and Web Crypto needs https or localhost");
  const hash = await subtle.digest("SHA-256", await body.arrayBuffer());
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
