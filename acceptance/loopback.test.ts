import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { beforeAll, beforeEach, describe, expect, test } from "vitest";

import { send } from "./support/client.ts";
import { needs } from "./support/requirements.ts";
import { loadTarget, type Target } from "./support/target.ts";
import { createVisitor, locationOf, type Visitor } from "./support/visitor.ts";

// The app's second address, for programs that look up no name below localhost.
needs("machine");

let target: Target;
let user: Target["users"][number];
beforeAll(() => {
  target = loadTarget();
  const [first] = target.users;
  if (first === undefined) throw new Error("the stack has no user");
  user = first;
});

describe("from any program", () => {
  test("is the same app by its number, at the same port", () => {
    expect(target.loopbackUrl).toBe(`http://127.0.0.1:${new URL(target.appUrl).port}`);
  });

  test("Node's own fetch calls it", async () => {
    const headers = { authorization: `Bearer ${target.tokens.access}` };
    const answer = await fetch(`${target.loopbackUrl}/me`, { headers });
    expect([answer.status, await answer.json()]).toEqual([
      200,
      expect.objectContaining({ kind: "user", username: user.username }),
    ]);
  });

  const programs: [program: string, args: (url: string) => readonly string[]][] = [
    ["curl", (url) => ["--silent", "--noproxy", "*", url]],
    [
      "python3",
      (url) => [
        "-c",
        "import sys, urllib.request as r; r.install_opener(r.build_opener(r.ProxyHandler({}))); print(r.urlopen(sys.argv[1]).read().decode())",
        url,
      ],
    ],
  ];
  test.each(programs)("%s calls it", async (program, args) => {
    const { stdout } = await promisify(execFile)(
      program,
      args(`${target.loopbackUrl}/public/health`),
    );
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  });

  test.each(["Expect: 100-continue", "Upgrade: websocket"])(
    "curl sends a body with %s",
    async (header) => {
      const { stdout } = await promisify(execFile)("curl", [
        "--silent",
        "--noproxy",
        "*",
        "--http2",
        "--header",
        header,
        "--data-binary",
        "hello",
        `${target.loopbackUrl}/public/echo`,
      ]);
      expect(JSON.parse(stdout)).toMatchObject({ method: "POST", body: { bytes: 5 } });
    },
  );

  test("a machine gets its token where the user pool API is, without a name either", async () => {
    const { id, secret } = target.clients.machine;
    const answer = await fetch(`${target.endpoints.cognitoIdp}/oauth2/token`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` },
      body: new URLSearchParams({ grant_type: "client_credentials", scope: "api/write" }),
    });
    const { access_token: token }: { access_token: string } = await answer.json();
    const me = await send(target.loopbackUrl, {
      path: "/me",
      headers: { authorization: `Bearer ${token}` },
    });
    expect(me.json()).toMatchObject({ kind: "client", clientId: id, scopes: ["api/write"] });
  });

  test("a page of another origin reads the pool's two documents, and nothing else there", async () => {
    const headers = { origin: "http://localhost:3000" };
    const read = async (path: string, method = "GET") => {
      const answer = await fetch(`${target.endpoints.cognitoIdp}${path}`, { headers, method });
      return [answer.status, answer.headers.get("access-control-allow-origin")];
    };
    const pool = `/${target.userPoolId}/.well-known`;
    expect(await read(`${pool}/openid-configuration`)).toEqual([200, "*"]);
    expect(await read(`${pool}/jwks.json`)).toEqual([200, "*"]);
    expect(await read("/oauth2/userInfo")).toEqual([400, null]);
    expect(await read("/oauth2/revoke", "POST")).toEqual([400, null]);
    expect(await read("/", "POST")).toEqual([400, null]);
  });
});

describe("each port answers to its own names", () => {
  const status = async (base: string, name: string, port = new URL(base).port): Promise<number> =>
    (await send(base, { path: "/public/health", headers: { host: `${name}:${port}` } })).status;

  test.each(["localhost", "[::1]", "127.0.0.2", "127.0.0.1.evil.example", "0.0.0.0", "127.1"])(
    "%s is not one of the app's",
    async (name) => {
      expect(await status(target.appUrl, name)).toBe(421);
    },
  );

  test.each(["app.localhost", "auth.localhost", "evil.example", "127.0.0.2"])(
    "%s is not one of the AWS APIs'",
    async (name) => {
      expect(await status(target.endpoints.ssm, name)).toBe(421);
    },
  );

  test("the other port's number is not theirs either", async () => {
    const { port } = new URL(target.endpoints.ssm);
    expect(await status(target.appUrl, "127.0.0.1", port)).toBe(421);
    expect(await status(target.endpoints.ssm, "127.0.0.1", new URL(target.appUrl).port)).toBe(421);
  });

  test("an AWS call to the app's address is the app's, and refused as such", async () => {
    const answer = await send(target.loopbackUrl, {
      method: "POST",
      headers: { "x-amz-target": "AmazonSSM.GetParameter" },
      body: "{}",
    });
    expect([answer.status, answer.json()["code"]]).toEqual([401, "token_missing"]);
  });
});

describe("a session", () => {
  let at: { readonly app: Visitor; readonly loopback: Visitor };
  beforeEach(() => {
    at = {
      app: createVisitor(target),
      loopback: createVisitor({ ...target, appUrl: target.loopbackUrl }),
    };
  });

  test("begins, returns and ends at the address that was opened", async () => {
    const asked = new URL(locationOf(await at.loopback.open("/echo")));
    expect(asked.searchParams.get("redirect_uri")).toBe(`${target.loopbackUrl}/.auth/callback`);
    const back = await at.loopback.signIn("/echo/deep?x=1", user);
    expect([back.status, back.header("location")]).toEqual([302, "/echo/deep?x=1#"]);
    expect((await at.loopback.call("/.auth/me")).json()).toMatchObject({ username: user.username });
    const out = await at.loopback.call("/.auth/logout", {
      method: "POST",
      headers: { origin: target.loopbackUrl },
    });
    const left = new URL(locationOf(out));
    expect(left.searchParams.get("logout_uri")).toBe(`${target.loopbackUrl}/.auth/signed-out`);
    expect((await at.loopback.call("/.auth/me")).status).toBe(401);
  });

  test("of one address is none at the other: its cookie does not open there", async () => {
    await at.app.signIn("/echo", user);
    expect((await at.app.call("/.auth/me")).status).toBe(200);
    for (const [name, value] of at.app.cookies) at.loopback.cookies.set(name, value);
    expect((await at.loopback.call("/.auth/me")).status).toBe(401);
  });

  const foreign = ["app", "http://localhost:3000", "http://127.0.0.1:3000", "http://127.0.0.1"];
  test.each(foreign)("takes no post from %s", async (origin) => {
    await at.loopback.signIn("/echo", user);
    const from = origin === "app" ? target.appUrl : origin;
    const post = (headers: Record<string, string>) =>
      at.loopback.call("/public/echo", { method: "POST", headers });
    expect((await post({ origin: from })).json()["code"]).toBe("cross_site");
    // Another port of the same number is the same site to a browser, whose Lax cookies go along.
    const sameSite = { origin: from, "sec-fetch-site": "same-site" };
    expect((await post(sameSite)).json()["code"]).toBe("cross_site");
    expect((await post({ origin: target.loopbackUrl })).status).toBe(200);
  });

  test("the app is told which of its addresses was asked, and no header decides that", async () => {
    const ask = async (base: string, origin: string) =>
      (
        await send(base, {
          path: "/public/echo",
          headers: { "x-forwarded-host": "evil.example", origin },
        })
      ).json<{ headers: Record<string, string> }>().headers;
    const { appUrl, loopbackUrl } = target;
    for (const [base, other] of [
      [appUrl, loopbackUrl],
      [loopbackUrl, appUrl],
    ] as const) {
      expect(await ask(base, other)).toMatchObject({
        "x-forwarded-host": new URL(base).host,
        "x-gatehouse-origin": base,
      });
    }
  });
});
