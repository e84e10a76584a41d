/** The decoded bytes, or undefined unless `text` is whole, padded base64 and nothing else. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
