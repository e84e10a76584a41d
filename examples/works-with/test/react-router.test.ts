import { expect, test } from "vitest";

import { chromiumPage, signIn } from "./browser";
import { playedGate } from "./gate";

const gate = playedGate("react-router");
const page = chromiumPage();

test("the React Router example loads its scripts, and its actions go through the client's router", async () => {
  const posted: string[] = [];
  page.current.on("request", (request) => {
    if (request.method() === "POST") posted.push(new URL(request.url()).pathname);
  });
  await signIn(page.current, gate.current, `${gate.current.url}/`);
  posted.length = 0;
  await page.current.getByRole("heading", { name: "Hello, alice!" }).waitFor();
  await page.current.getByRole("link", { name: "notes" }).click();
  for (const note of ["Grüße", "Zweite"]) {
    await page.current.getByLabel("Note").fill(note);
    await page.current.getByRole("button", { name: "Add" }).click();
    await page.current.getByRole("listitem").filter({ hasText: note }).waitFor();
  }
  expect(posted).toEqual(["/notes.data", "/notes.data"]);
  await page.current.getByRole("button", { name: "Add" }).click();
  expect(await page.current.getByRole("alert").textContent()).toBe("A note needs some words.");

  gate.current.clock.advance(3601);
  await page.current.reload();
  expect(await page.current.getByRole("listitem").allTextContents()).toEqual(["Grüße", "Zweite"]);
});
