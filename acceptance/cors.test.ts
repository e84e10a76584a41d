import { beforeAll, describe, expect, test } from "vitest";

import { cors } from "@sst-gatehouse/blueprint/cors";

import { viaApp } from "./support/client.ts";
import { needs } from "./support/requirements.ts";
import { loadTarget, type Target } from "./support/target.ts";

/** Listed for the local stage in stages.ts. */
const listed = "http://localhost:5173";
let target: Target;
beforeAll(() => {
  target = loadTarget();
});

const corsHeaders = (answer: Awaited<ReturnType<typeof viaApp>>) =>
  Object.fromEntries(answer.headers.filter(([name]) => name.startsWith("access-control-")));

/** No `Access-Control-Allow-Credentials`: no cookie ever counts across origins. */
const forTheListed = {
  "access-control-allow-origin": listed,
  "access-control-expose-headers": cors.exposeHeaders,
};

describe("a listed origin", () => {
  needs("own stage settings");

  test("a preflight is answered at the edge, without a token", async () => {
    const answer = await viaApp(target, {
      method: "OPTIONS",
      path: "/me",
      headers: {
        origin: listed,
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization",
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.header("x-cache")).toBe("LambdaGeneratedResponse from cloudfront");
    expect(corsHeaders(answer)).toEqual({
      ...forTheListed,
      "access-control-allow-methods": cors.allowMethods,
      "access-control-allow-headers": cors.allowHeaders,
      "access-control-max-age": "600",
    });
  });

  test("the answer itself says the same, from the backend", async () => {
    const answer = await viaApp(target, {
      path: "/me",
      token: target.tokens.id,
      headers: { origin: listed },
    });
    expect(answer.status).toBe(200);
    expect(corsHeaders(answer)).toEqual(forTheListed);
    expect(answer.header("vary")).toContain("Origin");
  });

  test("a refusal can be read by the caller's script", async () => {
    const answer = await viaApp(target, { path: "/me", headers: { origin: listed } });
    expect([answer.status, corsHeaders(answer)]).toEqual([401, forTheListed]);
  });
});

test.each([
  "null",
  "http://localhost:5173.evil.example",
  "http://localhost:51734",
  "https://localhost:5173",
  "*",
])("%s gets nothing", async (origin) => {
  for (const sent of [
    { method: "OPTIONS", headers: { origin, "access-control-request-method": "GET" } },
    { headers: { origin } },
    { token: target.tokens.id, headers: { origin } },
  ]) {
    expect(corsHeaders(await viaApp(target, { path: "/me", ...sent }))).toEqual({});
  }
});
