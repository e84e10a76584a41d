import { createCipheriv, createHash } from "node:crypto";

const chunkBytes = 64 * 1024;

/**
 * Bytes that follow from a seed alone, made as they are read: the AES-256-CTR key stream, from counter 0, of the key
 * SHA-256(seed). A shorter run is the beginning of a longer one.
 */
export function seededBytes(seed: string, bytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const key = createHash("sha256").update(seed).digest();
  const keyStream = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  const zeros = new Uint8Array(chunkBytes);
  let left = bytes;
  return new ReadableStream(
    {
      pull(controller) {
        if (left === 0) return controller.close();
        const size = Math.min(left, chunkBytes);
        left -= size;
        controller.enqueue(new Uint8Array(keyStream.update(zeros.subarray(0, size))));
      },
    },
    // Nothing is made before it is asked for, so HEAD costs nothing.
    { highWaterMark: 0 },
  );
}
