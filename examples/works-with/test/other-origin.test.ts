import { expect, test } from "vitest";

import { chromiumPage } from "./browser";
import { callPage, servedFrontEnd } from "./front-end";
import { playedGate, sha256 } from "./gate";

const gate = playedGate();
const page = chromiumPage();
const { origin } = servedFrontEnd(5173, "clients-of-a-page.ts");

test("tRPC's stream, Apollo's upload, react-admin's count and tus pass from a listed origin", async () => {
  await page.current.goto(`${origin}/`);
  const { url, as } = gate.current;
  const results = await callPage(page.current, "useClients", url, await as("alice").token());
  expect(results).toEqual({
    trpc: [42, 3],
    apollo: { upload: `a.txt ${sha256(Buffer.from("abc"))}` },
    admin: 37,
    tus: "true",
  });
});
