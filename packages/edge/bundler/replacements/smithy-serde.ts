/**
 * Stands in for `@smithy/core/serde` inside the guard's bundle: the functions of it that signing uses, over Buffer.
 * The real module brings base64, blobs and UUIDs along.
 */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

export function toUint8Array(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === "string") return Buffer.from(data, "utf8");
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

export function hasOwn(object: object, name: PropertyKey): boolean {
  return Object.hasOwn(object, name);
}
