import { Upload } from "tus-js-client";
import { expect, test } from "vitest";

import { playedGate, seededBytes, sha256 } from "./gate";

const gate = playedGate();

test("uploads in chunks that the guard can hash, and goes on where it was stopped", async () => {
  const { url, as, call } = gate.current;
  const bytes = seededBytes(3_000_000);
  const headers = { authorization: `Bearer ${await as("alice").token()}` };
  const options = { endpoint: `${url}/uploads`, headers, chunkSize: 900_000, retryDelays: null };
  const address = await new Promise<string>((resolve, reject) => {
    const upload = new Upload(Buffer.from(bytes), {
      ...options,
      onError: reject,
      // Stopped after the first chunk, as a page that is closed.
      async onChunkComplete() {
        await upload.abort();
        resolve(upload.url ?? "");
      },
    });
    upload.start();
  });
  // tus makes it of the Host that it is told.
  expect(address).toMatch(new RegExp(String.raw`^https?://${new URL(url).host}/uploads/\w+$`));
  const here = address.replace("https:", "http:");
  await new Promise<void>((resolve, reject) => {
    new Upload(Buffer.from(bytes), {
      ...options,
      uploadUrl: here,
      onError: reject,
      onSuccess: () => resolve(),
    }).start();
  });
  expect(await (await call(`${here}/hash`)).json()).toEqual({
    bytes: 3_000_000,
    sha256: sha256(bytes),
  });
});
