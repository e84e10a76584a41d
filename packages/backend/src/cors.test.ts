import { expect, test } from "vitest";

import { functionUrlEvent, plainUser, send, settings } from "../test/events.ts";
import { protectedApp } from "../test/protected-app.ts";
import { createSampleApp } from "../test/sample-app.ts";

const { app } = protectedApp(createSampleApp());

const exposed =
  "content-disposition, content-range, etag, www-authenticate, x-amzn-requestid, x-gatehouse-content-length";

function corsOf(response: Response): Record<string, string> {
  return Object.fromEntries(
    [...response.headers].filter(([name]) => name.startsWith("access-control-") || name === "vary"),
  );
}

const answers: [what: string, path: string, status: number][] = [
  ["an answer", "/me", 200],
  ["a refusal", "/admin/x", 403],
  ["a path without a route", "/nothing", 404],
  ["a route's own refusal", "/files/x?bytes=x", 400],
];

test.each(answers)(
  "lets a listed origin read %s, without credentials",
  async (_what, target, status) => {
    const [path = "", query = ""] = target.split("?");
    for (const origin of settings.corsOrigins) {
      const response = await send(app, { path, query, caller: plainUser, headers: { origin } });
      expect(response.status).toBe(status);
      expect(corsOf(response)).toEqual({
        "access-control-allow-origin": origin,
        "access-control-expose-headers": exposed,
        vary: "Origin",
      });
    }
  },
);

test("lets a listed origin read that a fault happened", async () => {
  const event = functionUrlEvent({ path: "/me", caller: null });
  const headers = { origin: "https://ok.example" };
  const response = await app.request("https://api.example/me", { headers }, { event });
  expect(response.status).toBe(500);
  expect(response.headers.get("access-control-allow-origin")).toBe("https://ok.example");
});

test.each([
  "https://ok.example.evil",
  "https://evil-ok.example",
  "https://sub.ok.example",
  "http://ok.example",
  "https://ok.example:8443",
  "https://ok.example/",
  "HTTPS://OK.EXAMPLE",
  "http://localhost:51730",
  "https://ok.example,https://ok.example",
  "null",
  "*",
  "",
])("says nothing of CORS to the origin %s", async (origin) => {
  const response = await send(app, { path: "/me", caller: plainUser, headers: { origin } });
  expect(response.status).toBe(200);
  expect(corsOf(response)).toEqual({ vary: "Origin" });
});

test("says nothing of CORS without an origin, but that it matters", async () => {
  expect(corsOf(await send(app, { path: "/me", caller: plainUser }))).toEqual({ vary: "Origin" });
});

test("keeps what a route's answer varies by", async () => {
  const routes = createSampleApp();
  routes.get("/varied", (c) => c.text("x", 200, { vary: "Accept" }));
  const response = await send(protectedApp(routes).app, { path: "/varied", caller: plainUser });
  expect(response.headers.get("vary")).toBe("Accept, Origin");
});

test.each([
  ["X-Total-Count, Link", `X-Total-Count, Link, ${exposed}`],
  ["ETag,x-total-count", `etag, x-total-count, ${exposed.replace("etag, ", "")}`],
  ["*", `*, ${exposed}`],
  [" , ,", exposed],
])("keeps what a route exposes, and adds to it: %s", async (byTheRoute, expected) => {
  const routes = createSampleApp();
  routes.get("/posts", (c) => c.text("x", 200, { "access-control-expose-headers": byTheRoute }));
  const headers = { origin: "https://ok.example" };
  const asked = { path: "/posts", caller: plainUser, headers };
  const response = await send(protectedApp(routes).app, asked);
  expect(response.headers.get("access-control-expose-headers")).toBe(expected);
});
