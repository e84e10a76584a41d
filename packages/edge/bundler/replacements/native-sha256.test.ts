import { Sha256 } from "@aws-crypto/sha256-js";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { NativeSha256 } from "./native-sha256.ts";

const bytes = fc.uint8Array({ maxLength: 300 });

test("gives the same bytes as the portable hash, with and without a secret, in any number of pieces", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.option(bytes, { nil: undefined }),
      fc.array(bytes),
      async (secret, pieces) => {
        const native = new NativeSha256(secret);
        const portable = new Sha256(secret);
        for (const piece of pieces) {
          native.update(piece);
          portable.update(piece);
        }
        expect(Buffer.from(await native.digest())).toEqual(Buffer.from(await portable.digest()));
      },
    ),
  );
});

test("takes text and views, and starts again after a reset", async () => {
  const native = new NativeSha256("secret");
  native.update("forgotten");
  native.reset();
  native.update("text");
  native.update(new DataView(Uint8Array.of(1, 2, 3).buffer, 1, 1));
  const portable = new Sha256("secret");
  portable.update("text");
  portable.update(Uint8Array.of(2));
  expect(Buffer.from(await native.digest())).toEqual(Buffer.from(await portable.digest()));
});
