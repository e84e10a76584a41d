import { describe, expect, test } from "vitest";

import { type EventOptions, functionUrlEvent, plainUser, settings } from "../test/events.ts";
import { ownAuthorization, visibleEvent, withViewer } from "./function-url-event.ts";

describe("where the request came to", () => {
  const serviceArn = "arn:aws:sts::111122223333:assumed-role/nightly/run";
  const lambdas = { "x-forwarded-proto": "https", "x-forwarded-port": "443" };
  const evil = { "x-forwarded-host": "evil.example" };
  const told = (options: EventOptions) => {
    const event = functionUrlEvent({ ...options, headers: { ...lambdas, ...evil } });
    return Object.entries(visibleEvent(event, settings.edgeRole).headers)
      .filter(([name]) => name.startsWith("x-forwarded"))
      .map(([, value]) => value)
      .toSorted();
  };

  test.each([
    ["https://app.example.com", ["443", "app.example.com", "https"]],
    ["https://app.example.com:8443", ["8443", "app.example.com:8443", "https"]],
    ["http://app.localhost:3000", ["3000", "app.localhost:3000", "http"]],
    ["http://localhost", ["80", "http", "localhost"]],
  ])("is what the guard says of it: %s", (origin, expected) => {
    expect(told({ caller: plainUser, origin })).toEqual(expected);
  });

  test("is what Lambda says of it where an older guard says nothing, never what the viewer says", () => {
    expect(told({ caller: plainUser })).toEqual(["443", "https"]);
  });

  test("is never what a service says of it", () => {
    const origin = "https://evil.example";
    expect(told({ userArn: serviceArn, caller: null, origin })).toEqual(["443", "https"]);
  });
});

describe("a sender's own Authorization", () => {
  const header = "x-gatehouse-authorization";
  const headers = { [header]: "Basic abc=" };

  test("is told when it is asked for, and is none of the headers", () => {
    const event = visibleEvent(functionUrlEvent({ headers }), settings.edgeRole);
    expect(ownAuthorization(event)).toBe("Basic abc=");
    expect(ownAuthorization({ ...event })).toBe("Basic abc=");
    expect(ownAuthorization(withViewer(event, "203.0.113.7"))).toBe("Basic abc=");
    expect(JSON.stringify(event)).not.toContain("abc=");
  });

  test("is none where the guard has sent none, and never what a service sends", () => {
    const none = visibleEvent(functionUrlEvent(), settings.edgeRole);
    const userArn = "arn:aws:sts::111122223333:assumed-role/nightly/run";
    const service = functionUrlEvent({ userArn, caller: null, headers });
    const seen = visibleEvent(service, settings.edgeRole);
    expect([ownAuthorization(none), ownAuthorization(seen)]).toEqual([undefined, undefined]);
    expect(Object.keys(seen.headers)).not.toContain(header);
  });
});

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
  const seen = Object.keys(visibleEvent(event, settings.edgeRole).headers);
  expect(seen).toContain("x-kept");
  expect(seen.filter((name) => name in forged)).toEqual(["x-kept"]);
  const fromEdge = functionUrlEvent({ path: "/echo", caller: plainUser });
  expect(Object.keys(visibleEvent(fromEdge, settings.edgeRole).headers)).toContain(
    "x-gatehouse-caller",
  );
});
