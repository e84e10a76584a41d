import { expect, test } from "vitest";

import { chromiumPage, signIn } from "./browser";
import { playedGate, seededBytes } from "./gate";

const gate = playedGate("vite-spa");
const page = chromiumPage();

const send = (name: string) =>
  page.current.setInputFiles("#file", {
    name,
    mimeType: "application/octet-stream",
    buffer: Buffer.from(seededBytes(2_000_000)),
  });
const shown = (text: string) => page.current.getByText(text, { exact: true }).waitFor();

test("the Vite example uploads more than the guard sees and hears of it, also after the hour", async () => {
  await signIn(page.current, gate.current, `${gate.current.url}/`);
  await shown("alice");
  for (const name of ["Grüße.bin", "later.bin"]) {
    await send(name);
    await shown(`${name} has arrived, 2000000 bytes.`);
    // By EventSource, which connects again after each answer.
    await shown(`${name}, 2000000 bytes`);
    gate.current.clock.advance(3601);
  }
});
