import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { expect, test } from "vitest";

import { functionUrlEvent, plainUser, securityToken, send, settings } from "../test/events.ts";
import { protectedApp } from "../test/protected-app.ts";
import { createSampleApp } from "../test/sample-app.ts";
import type { AppEnv } from "./app-env.ts";
import { visibleEvent } from "./function-url-event.ts";

test("says 404 as a problem", async () => {
  const response = await send(protectedApp(createSampleApp()).app, {
    path: "/nothing",
    caller: plainUser,
  });
  expect(response.status).toBe(404);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("cache-control")).toBe("private, no-store");
  expect(await response.json()).toEqual({
    type: "about:blank",
    title: "Not Found",
    status: 404,
    code: "not_found",
    detail: "There is nothing here.",
    requestId: "5f8e7d6c-0000-4000-8000-123456789abc",
  });
});

test("keeps a route's own cache-control", async () => {
  const routes = createSampleApp();
  routes.get("/cached", (c) => c.text("x", 200, { "cache-control": "private, max-age=60" }));
  const { app } = protectedApp(routes);
  const own = await send(app, { path: "/cached", caller: plainUser });
  expect(own.headers.get("cache-control")).toBe("private, max-age=60");
  const usual = await send(app, { path: "/me", caller: plainUser });
  expect(usual.headers.get("cache-control")).toBe("private, no-store");
});

test("lets a route refuse with a status and a sentence of its own", async () => {
  const routes = createSampleApp();
  routes.post("/teapot", () => {
    throw new HTTPException(418, { message: "Short and stout." });
  });
  const { app } = protectedApp(routes);
  const response = await send(app, { method: "POST", path: "/teapot", caller: plainUser });
  expect(response.status).toBe(418);
  expect(await response.json()).toMatchObject({
    code: "invalid_request",
    detail: "Short and stout.",
  });
});

test("says nothing of a fault to the caller, and to the log neither query, headers nor message", async () => {
  const routes = createSampleApp();
  routes.get("/boom", (c) => {
    throw new RangeError(`dump: ${JSON.stringify(c.env.event)}`);
  });
  const { app, lines } = protectedApp(routes);
  const secrets = { query: "code=secret-query", headers: { "x-custom": "secret-header" } };
  const event = visibleEvent(
    functionUrlEvent({ path: "/boom", caller: plainUser, ...secrets }),
    settings.edgeRole,
  );
  const response = await app.request("https://api.example/boom?code=secret-query", undefined, {
    event,
  });
  expect(response.status).toBe(500);
  expect(await response.text()).toBe(
    '{"type":"about:blank","title":"Internal Server Error","status":500,"code":"internal_error",' +
      '"requestId":"5f8e7d6c-0000-4000-8000-123456789abc"}',
  );
  expect(lines).toEqual([
    {
      level: "error",
      requestId: "5f8e7d6c-0000-4000-8000-123456789abc",
      lambdaRequestId: "5f8e7d6c-0000-4000-8000-123456789abc",
      method: "GET",
      status: 500,
      code: "internal_error",
      error: "RangeError",
      at: expect.any(Array),
    },
  ]);
  expect(lines[0]?.at?.[0]).toContain("protected-app.test.ts");
  for (const secret of ["secret-query", "secret-header", "dump", securityToken]) {
    expect(JSON.stringify(lines)).not.toContain(secret);
  }
});

test("lets an app answer for its own faults, and not for what stands before it", async () => {
  const routes = new Hono<AppEnv>();
  routes.onError((_error, c) => c.text("ours", 500));
  routes.get("/boom", () => {
    throw new RangeError("boom");
  });
  const { app } = protectedApp(routes);
  const own = await send(app, { path: "/boom", caller: plainUser });
  expect([own.status, await own.text()]).toEqual([500, "ours"]);
  expect(own.headers.get("cache-control")).toBe("private, no-store");
  const refused = await send(app, { path: "/boom", caller: { kind: "anonymous" } });
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ code: "access_denied" });
});

test("takes an app that keeps more in its context, one that looks at none of it, and none of another platform", async () => {
  const more = new Hono<AppEnv & { Variables: { now: number } }>()
    .use(async (c, next) => {
      c.set("now", 7);
      await next();
    })
    .get("/me", (c) => c.json([c.get("now"), c.get("caller").kind]));
  const answer = await send(protectedApp(more).app, { path: "/me", caller: plainUser });
  expect(await answer.json()).toEqual([7, "user"]);
  const plain = new Hono().get("/me", (c) => c.text("plain"));
  const plainAnswer = await send(protectedApp(plain).app, { path: "/me", caller: plainUser });
  expect(await plainAnswer.text()).toBe("plain");
  // @ts-expect-error: nobody gives it these bindings here.
  protectedApp(new Hono<{ Bindings: { DB: object } }>());
});
