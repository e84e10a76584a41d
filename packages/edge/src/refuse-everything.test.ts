import { expect, test } from "vitest";

import { originRequestEvent } from "../test/events.ts";
import * as responses from "./responses.ts";
import { orRefuseEverything } from "./refuse-everything.ts";

function setUp(make: () => () => Promise<undefined>) {
  const lines: unknown[] = [];
  const printed: string[] = [];
  const handle = orRefuseEverything(
    make,
    () => responses,
    (entry) => lines.push(entry),
    (text) => printed.push(text),
  );
  return { handle, lines, printed };
}

test("a guard that can be made is the guard", () => {
  const guard = async () => undefined;
  const { handle, lines, printed } = setUp(() => guard);
  expect(handle).toBe(guard);
  expect([lines, printed]).toEqual([[], []]);
});

test("a guard that cannot be made refuses every request, and says why where an operator reads it", async () => {
  const { handle, lines, printed } = setUp(() => {
    throw new TypeError("settings.json is not whole");
  });
  expect(printed).toEqual(["settings.json is not whole"]);
  expect(lines).toEqual([]);
  const answer = await handle(originRequestEvent({ uri: "/public/a" }));
  expect(answer).toMatchObject({ status: "500" });
  const refused = { outcome: "refused", status: 500, code: "settings_invalid", cause: "TypeError" };
  expect(lines).toEqual([{ requestId: "request-1", method: "GET", ...refused }]);
  expect(JSON.stringify(answer)).toContain("request-1");
  expect(JSON.stringify(answer)).not.toContain("whole");
  // Even what is no event at all.
  expect(await handle(JSON.parse("null"))).toMatchObject({ status: "500" });
  expect(lines[1]).toEqual({ requestId: "", method: "", ...refused });
});
