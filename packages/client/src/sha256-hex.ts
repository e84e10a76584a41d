/**
 * The SHA-256 of a body as `x-amz-content-sha256` has it: lower-case hex. {@link createFetch} sends it by itself; whoever
 * uploads by other means sends this.
 *
 * @throws {TypeError} in a page that is neither https nor of this machine: browsers have no Web Crypto there.
 */
export async function sha256Hex(body: Blob): Promise<string> {
  // Without Web Crypto, `crypto.subtle` is missing whatever its type says.
  const { subtle }: { readonly subtle?: SubtleCrypto } = globalThis.crypto;
  if (subtle === undefined)
    throw new TypeError("this body has to be hashed, and Web Crypto needs https or localhost");
  const hash = await subtle.digest("SHA-256", await body.arrayBuffer());
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
