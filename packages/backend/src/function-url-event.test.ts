import { expect, test } from "vitest";

import { functionUrlEvent, plainUser, settings } from "../test/events.ts";
import { withSafeHeaders } from "./function-url-event.ts";

test("hides from the app what a service sends under the guard's names", async () => {
  const forged = {
    "x-gatehouse-caller": "x",
    "x-gatehouse-token": "x",
    x_gatehouse_token: "x",
    "x-original-url": "/admin",
    "x-kept": "1",
  };
  const serviceArn = "arn:aws:sts::111122223333:assumed-role/nightly/run";
  const event = functionUrlEvent({ path: "/echo", userArn: serviceArn, headers: forged });
  const seen = Object.keys(withSafeHeaders(event, settings.edgeRole).headers);
  expect(seen).toContain("x-kept");
  expect(seen.filter((name) => name in forged)).toEqual(["x-kept"]);
  const fromEdge = functionUrlEvent({ path: "/echo", caller: plainUser });
  expect(Object.keys(withSafeHeaders(fromEdge, settings.edgeRole).headers)).toContain(
    "x-gatehouse-caller",
  );
});
