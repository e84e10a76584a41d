import { expect, onTestFinished, test } from "vitest";

import { checkExamples, startGatehouse } from "../src/testing.ts";
import { appFiles, foreignApp } from "./foreign-app.ts";

test("an app's own test asks as nobody and as anybody, and knows why it was refused", async () => {
  const gate = await startGatehouse({ root: await foreignApp() });
  try {
    const refused = await gate.fetch("/books/1");
    expect([refused.status, refused.code]).toEqual([401, "token_missing"]);
    const read = await gate.as("alice").fetch("/books/1?lang=es");
    expect([read.status, read.code, await read.json()]).toEqual([
      200,
      undefined,
      { title: "Ficciones", by: expect.objectContaining({ username: "alice" }) },
    ]);
    const post = { method: "POST", body: '{"title":"El Aleph"}' };
    const denied = await gate.as("alice").fetch("/books/new", post);
    expect([denied.status, denied.code]).toEqual([403, "access_denied"]);
    const editor = gate.as("editors");
    expect((await editor.fetch("/books/new", post)).status).toBe(404);
    const signIn = await gate.fetch("/.auth/login?return=/books/1");
    expect([signIn.status, signIn.headers.get("location")?.split("?")[0]]).toEqual([
      302,
      expect.stringMatching(/^http:\/\/auth\.localhost:\d+\//),
    ]);
    expect(gate.log).toContainEqual(expect.stringMatching(/^guard: refused|^guard: 401/));

    gate.clock.advance(3601);
    const late = await editor.fetch("/books/1");
    expect([late.status, late.code]).toEqual([401, "token_expired"]);
    expect((await gate.as("editors").fetch("/books/1")).status).toBe(200);

    // For other people's libraries: the address and the token are all they need.
    const headers = { authorization: `Bearer ${await editor.token()}` };
    expect((await fetch(`${gate.url}/books/1`, { headers })).status).toBe(200);
    expect(gate.users.map(({ username, password }) => [username, password.length > 8])).toEqual([
      ["alice", true],
      ["editors", true],
    ]);

    // For those that sign people in by themselves: the pool and the public client.
    const { userPoolId, clients, endpoints } = gate.outputs;
    const keys = await fetch(`${endpoints.cognitoIdp}/${userPoolId}/.well-known/jwks.json`);
    expect([keys.status, clients.spa.id]).toEqual([200, expect.stringMatching(/^[a-z0-9]{26}$/)]);

    await expect(gate.as("bob").fetch("/")).rejects.toThrow(
      "There is no bob here, only alice, editors",
    );
  } finally {
    await gate.close();
  }
});

test("an app's own test asks whether its examples are so", async () => {
  const root = await foreignApp();
  expect(await checkExamples({ root })).toEqual([]);
  const access = String(appFiles["access.ts"]).replace("alice: 200", "alice: 403, editors: 401");
  expect(await checkExamples({ root: await foreignApp({ "access.ts": access }) })).toEqual([
    'GET /books/1 says 403 for alice, who is let in by "/books/*"',
    'GET /books/1 says 401 for editors, who is let in by "/books/*"',
  ]);
});

test("sends and receives what fetch does: bytes, several cookies, streams, answers without a body", async () => {
  const root = await foreignApp({
    "src/api.ts": `import { Hono } from "hono";
import { stream } from "hono/streaming";
import { type AppEnv, protect } from "sst-gatehouse/hono";
import { access } from "../access";

const app = new Hono<AppEnv>()
  .put("/books/bytes", async (c) => c.body(await c.req.arrayBuffer()))
  .get("/books/cookies", (c) => {
    c.header("set-cookie", "a=1", { append: true });
    c.header("set-cookie", "b=2", { append: true });
    return c.body(null, 204);
  })
  .get("/books/problem", (c) => c.json({ code: "of_the_app" }, 400))
  .get("/books/stream", (c) => stream(c, async (out) => {
    await out.write("first");
    // It has no end before the reader goes.
    await new Promise((resolve) => setTimeout(resolve, 20_000));
  }));
export const handler = protect(access, app);
`,
  });
  const gate = await startGatehouse({ root: `${root}/src` });
  onTestFinished(() => gate.close());
  const { fetch } = gate.as("alice");
  const bytes = Uint8Array.from({ length: 256 }, (_none, index) => index);
  const sent = await gate.as("editors").fetch("/books/bytes", { method: "PUT", body: bytes });
  expect(new Uint8Array(await sent.arrayBuffer())).toEqual(bytes);

  const cookies = await fetch("/books/cookies");
  expect([cookies.status, cookies.body, cookies.headers.getSetCookie()]).toEqual([
    204,
    null,
    ["a=1", "b=2"],
  ]);
  // A code of the app's own is in its body, where the app put it.
  const problem = await fetch("/books/problem");
  expect([problem.code, await problem.json()]).toEqual([undefined, { code: "of_the_app" }]);

  const chunks = (await fetch("/books/stream")).body?.getReader();
  const read = async () => Buffer.from((await chunks?.read())?.value ?? []).toString();
  expect(await read()).toBe("first");
  await chunks?.cancel();
});

test("an app whose people are there already plays people of its own, and needs no account", async () => {
  const gateTs = (appFiles["gate.ts"] ?? "").replace(
    "  access,",
    '  access,\n  users: { local: "eu-west-1_Shop12345" },',
  );
  const gate = await startGatehouse({ root: await foreignApp({ "gate.ts": gateTs }) });
  try {
    expect((await gate.as("editors").fetch("/books/1")).status).toBe(200);
    expect(gate.log.slice(0, 1)).toEqual([
      "start: the people of the user pool eu-west-1_Shop12345 are not here: alice, editors stand for them",
    ]);
  } finally {
    await gate.close();
  }
});

test("a backend whose code is elsewhere is behind the guard too, and says that it is not here", async () => {
  const gateTs = (appFiles["gate.ts"] ?? "").replace(
    '{ handler: "src/files.onRequest", paths: ["/files/*"] }',
    '{ paths: ["/files/*", "/books/legacy"] }',
  );
  const gate = await startGatehouse({ root: await foreignApp({ "gate.ts": gateTs }) });
  try {
    expect((await gate.fetch("/books/legacy")).code).toBe("token_missing");
    for (const answer of [
      await gate.fetch("/files/a"),
      await gate.as("alice").fetch("/books/legacy"),
    ])
      expect([answer.status, await answer.json()]).toEqual([
        501,
        {
          type: "about:blank",
          title: "Not Implemented",
          status: 501,
          detail:
            'gate.ts names no handler for the backend files, so its code is not on this machine. The guard has let the request through. If the code is this app\'s, say backends.files.handler, such as "src/files.handler".',
        },
      ]);
    expect((await gate.as("alice").fetch("/books/1")).status).toBe(200);
  } finally {
    await gate.close();
  }
});
