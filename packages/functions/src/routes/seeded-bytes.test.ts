import { createCipheriv, createHash } from "node:crypto";

import { expect, test } from "vitest";

import { seededBytes } from "./seeded-bytes.ts";

const bytesOf = (seed: string, bytes: number) => new Response(seededBytes(seed, bytes)).bytes();

test("makes the AES-256-CTR key stream of the seed's hash", async () => {
  const key = createHash("sha256").update("a.bin").digest();
  const expected = createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(
    Buffer.alloc(200_001),
  );
  expect(Buffer.from(await bytesOf("a.bin", 200_001)).equals(expected)).toBe(true);
});

test("never changes what a name stands for", async () => {
  const digest = createHash("sha256")
    .update(await bytesOf("a.bin", 1024))
    .digest("hex");
  expect(digest).toBe("23e597cbba0896bb8f2d58007cf6bf2a92742dd31e2db12cf9194864433644f9");
});

test("hands out chunks of 64 KB, so that no file is ever held whole", async () => {
  const reader = seededBytes("a.bin", 1_000_000).getReader();
  const sizes: number[] = [];
  for (let read = await reader.read(); !read.done; read = await reader.read())
    sizes.push(read.value.length);
  expect(sizes).toEqual([...Array.from({ length: 15 }, () => 65_536), 16_960]);
});
