import { cp } from "node:fs/promises";
import { join } from "node:path";

import { defineAccess } from "@sst-gatehouse/core/access";
import type { CodeSource } from "@sst-gatehouse/local/stack";
import { describe, expect, test, vi } from "vitest";

import { callApi, send, signedForFunctionUrl, viaApp } from "../support/client.ts";
import { createForge } from "../support/forge.ts";
import { authUrl, form, pkce, signInByForm } from "../support/oauth.ts";
import { sample } from "../sample/sample.ts";
import { app } from "../sample/stages.ts";
import { builtGuard } from "./built.ts";
import { startOwnStack } from "./own-stack.ts";
import { sessionsOf } from "./sessions-of.ts";
import { createVisitor } from "../support/visitor.ts";

const prefix = `/gatehouse/${app.name}/local`;

describe("a guard that was built without clients and keys", () => {
  test("loads both by one call, with its first request and no later one", async () => {
    const { target, lines } = await startOwnStack({ unbaked: ["clients", "jwks"] });
    for (const _ of [1, 2, 3])
      expect((await viaApp(target, { token: target.tokens.id })).status).toBe(200);
    expect(lines.filter((line) => line === "guard: settings refreshed")).toHaveLength(1);
  });

  test("loads both with the first request of each of its containers, by a call that its role may make", async () => {
    const { target, lines } = await startOwnStack({ unbaked: ["clients", "jwks"] });
    const answers = await Promise.all(
      [1, 2, 3].map(() => viaApp(target, { token: target.tokens.id })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(lines.filter((line) => line.startsWith("ssm"))).toEqual([]);
    expect(lines).toContain("guard: settings refreshed");
  });

  test("answers 503 with a reason while a parameter is missing, and recovers", async () => {
    const { stack, target } = await startOwnStack({ unbaked: ["clients", "jwks"] });
    const { id } = target.clients.spa ?? { id: "" };
    await callApi(target, "AmazonSSM.DeleteParameter", { Name: `${prefix}/clients/spa` });
    const refused = await viaApp(target, { token: target.tokens.id });
    expect([refused.status, refused.json()["code"], refused.header("retry-after")]).toEqual([
      503,
      "settings_unavailable",
      "5",
    ]);
    await callApi(target, "AmazonSSM.PutParameter", {
      Name: `${prefix}/clients/spa`,
      Value: id,
      Type: "String",
    });
    stack.clock.advance(2);
    expect((await viaApp(target, { token: target.tokens.id })).status).toBe(200);
  });

  test("forgets a client whose id was replaced, also for tokens it has seen", async () => {
    const { stack, target } = await startOwnStack({ unbaked: ["clients"] });
    const call = () => viaApp(target, { token: target.tokens.id });
    expect((await call()).status).toBe(200);
    await callApi(target, "AmazonSSM.PutParameter", {
      Name: `${prefix}/clients/spa`,
      Value: "9anotherclientanothercli9",
      Type: "String",
      Overwrite: true,
    });
    expect((await call()).status).toBe(200);
    stack.clock.advance(301);
    await vi.waitFor(async () => expect((await call()).json()["code"]).toBe("token_client"), {
      timeout: 5000,
    });
  });

  test.each([
    ["clients/web", "*"],
    ["clients/web", "null"],
    ["jwks", '{"keys":[]}'],
    ["jwks", "null"],
  ])("refuses a hostile value of %s: %s", async (name, value) => {
    const { target } = await startOwnStack({ unbaked: ["clients", "jwks"] });
    await callApi(target, "AmazonSSM.PutParameter", {
      Name: `${prefix}/${name}`,
      Value: value,
      Type: "String",
      Overwrite: true,
    });
    expect((await viaApp(target, { token: target.tokens.id })).json()["code"]).toBe(
      "settings_unavailable",
    );
  });
});

describe("a guard with everything baked", () => {
  test("is not moved by any parameter", async () => {
    const { target } = await startOwnStack();
    for (const [name, value] of [
      ["clients/spa", "1evilclientevilclientevil1"],
      ["clients/machine", target.clients.web.id],
      ["jwks", '{"keys":[]}'],
    ]) {
      await callApi(target, "AmazonSSM.PutParameter", {
        Name: `${prefix}/${name}`,
        Value: value,
        Type: "String",
        Overwrite: true,
      });
    }
    expect((await viaApp(target, { token: target.tokens.id })).status).toBe(200);
  });

  test("asks for the key set once when a token names a key it does not know", async () => {
    const { target, lines } = await startOwnStack();
    const forge = await createForge(target);
    const token = forge.byStranger(forge.idClaims(), "dW5rbm93bg==");
    for (const _ of [1, 2, 3])
      expect((await viaApp(target, { token })).json()["code"]).toBe("token_signature");
    expect(lines.filter((line) => line === "guard: keys refreshed")).toHaveLength(1);
    expect((await viaApp(target, { token: target.tokens.id })).status).toBe(200);
  });

  test("follows the stack's clock: a remembered token expires, moved by hand or by the admin call", async () => {
    const { stack, target } = await startOwnStack();
    const call = () => viaApp(target, { token: target.tokens.id });
    expect((await call()).status).toBe(200);
    stack.clock.advance(3000);
    expect((await call()).status).toBe(200);
    // The administrator signs with the machine's time, which is far behind by now; so the clock is moved by hand.
    stack.clock.advance(601);
    const refused = await call();
    expect([refused.status, refused.json()["code"]]).toEqual([401, "token_expired"]);
  });

  test("takes the admin call for the clock", async () => {
    const { target } = await startOwnStack();
    const answer = await callApi(target, "Gatehouse.AdvanceClock", { Seconds: 3601 });
    expect(answer.status).toBe(200);
    expect((await viaApp(target, { token: target.tokens.id })).json()["code"]).toBe(
      "token_expired",
    );
  });

  test.each([
    [true, "is sent to the backend"],
    [false, "is kept from the backend"],
  ])("where the stage says forwardToken: %s, the bearer token %s", async (forwardToken) => {
    const { target } = await startOwnStack({
      stage: { forwardToken, ...asItIs },
      codeSource: tellingBackend,
    });
    const token = target.tokens.id;
    const answer = await viaApp(target, { path: "/echo", token, mayHoldTokens: true });
    expect(answer.status).toBe(200);
    const { "x-gatehouse-token": sent, ...others } = answer.json<Record<string, string>>();
    expect(sent).toBe(forwardToken ? token : undefined);
    expect(JSON.stringify(others)).not.toContain(token);
  });

  test("the backend shows the bearer token to nobody, where it gets it", async () => {
    const { target } = await startOwnStack({ stage: { forwardToken: true } });
    const answer = await viaApp(target, { path: "/echo", token: target.tokens.id });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.json<{ headers: object }>().headers)).not.toContain(
      "x-gatehouse-token",
    );
  });
});

describe("cookies on their way to the backend", () => {
  const ofTheStage = (stage: object) =>
    startOwnStack({
      stage: { ...stage, ...asItIs },
      codeSource: tellingBackend,
    });

  test("are in headers.cookie without those of the session, whose caller is known all the same", async () => {
    const { stack, target } = await ofTheStage({});
    const [user] = target.users;
    if (user === undefined) throw new TypeError("the stack has no user");
    const visitor = createVisitor(target);
    await visitor.signIn("/echo", user);
    const session = [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const sealed = visitor.cookies.get("__Host-Http-gatehouse-session.1of1") ?? "";
    const { accessToken = "" } = sessionsOf(stack.sealing()).open(sealed, target.appUrl) ?? {};
    expect(accessToken).toMatch(/^eyJ/);
    const answer = await viaApp(target, {
      path: "/echo",
      headers: { cookie: `theme=dark; ${session}; lang=en`, "sec-fetch-site": "same-origin" },
    });
    expect(answer.status).toBe(200);
    const { cookie, "x-gatehouse-caller": caller = "" } = answer.json<Record<string, string>>();
    expect(cookie).toBe("theme=dark; lang=en");
    expect(JSON.parse(Buffer.from(caller, "base64url").toString())).toMatchObject({ kind: "user" });
    expect(answer.text()).not.toContain("gatehouse-session");
    expect(answer.text()).not.toContain(accessToken);
    expect(answer.text()).not.toContain(sealed);
  });

  test("are those that the stage lists, where it lists any", async () => {
    const { target } = await ofTheStage({ forwardCookies: ["lang"] });
    const headers = { cookie: `theme=dark; lang=en; big=${"x".repeat(12_000)}` };
    const answer = await viaApp(target, { path: "/echo", token: target.tokens.id, headers });
    expect([answer.status, answer.json<Record<string, string>>()["cookie"]]).toEqual([
      200,
      "lang=en",
    ]);
  });

  test("are refused by name where they are too large for a Function URL, which would say something else", async () => {
    const { target } = await ofTheStage({});
    for (const bytes of [10_000, 12_000, 16_000]) {
      const cookie = `lang=en; big=${"x".repeat(bytes - 4)}`;
      const answer = await viaApp(target, {
        path: "/echo",
        token: target.tokens.id,
        headers: { cookie },
      });
      expect([answer.status, answer.json()]).toEqual([
        431,
        expect.objectContaining({
          code: "headers_too_large",
          largest: { header: "cookie", cookie: "big", bytes },
        }),
      ]);
      const signed = signedForFunctionUrl(target, target.credentials.service, {
        path: "/echo",
        headers: { cookie },
      });
      const straight = await send(target.functionUrl, signed);
      expect([straight.status, straight.text()]).toEqual([
        413,
        '{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}',
      ]);
    }
  });

  test("never get from the guard to AWS's 413, however many there are", async () => {
    const { target } = await ofTheStage({});
    const statuses = new Map<number, number>();
    for (let bytes = 4000; bytes < 11_000; bytes += 137) {
      const cookie = Array.from({ length: 40 }, (_none, index) =>
        `c${index}=`.padEnd(Math.floor(bytes / 40) - 2, "x"),
      ).join("; ");
      const { status } = await viaApp(target, {
        path: "/echo",
        token: target.tokens.id,
        headers: { cookie },
      });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses.keys()].toSorted((a, b) => a - b)).toEqual([200, 431]);
  });
});

/** In place of the sample's routes, to see what arrives. */
/** It neither streams nor has `protect()`. */
const asItIs = { streaming: "off", backendChecksRevocation: false } as const;

const tellingBackend: CodeSource = async ({ edge, functions }) => {
  await cp(join(import.meta.dirname, "telling-backend"), functions, { recursive: true });
  return {
    edge: await builtGuard(edge),
    functions: { api: { directory: functions, handler: "index.handler" } },
  };
};

test("two stacks at once share no key, secret or password", async () => {
  const [one, other] = await Promise.all([startOwnStack(), startOwnStack()]);
  const secrets = ({ target }: typeof one) => [
    target.clients.machine.secret,
    ...target.users.map(({ password }) => password),
    ...Object.values(target.credentials).map(({ secretAccessKey }) => secretAccessKey),
  ];
  expect(secrets(one).filter((secret) => secrets(other).includes(secret))).toEqual([]);
  expect((await viaApp(other.target, { token: one.target.tokens.id })).json()["code"]).toBe(
    "token_issuer",
  );
  const keys = async ({ target }: typeof one) => {
    const path = `/${target.userPoolId}/.well-known/jwks.json`;
    const answer = await send(target.endpoints.cognitoIdp, { path });
    return answer.json<{ keys: { n: string }[] }>().keys.map(({ n }) => n);
  };
  expect(new Set([...(await keys(one)), ...(await keys(other))]).size).toBe(4);
});

test("access rules that Cognito would refuse at a deploy stop the stack as well", async () => {
  const access = defineAccess({
    scopes: ["api/read"],
    rules: { "/*": "signed-in", "/a": { groups: ["super admin"] } },
  });
  const project = { ...sample, gate: { ...sample.gate, access } };
  await expect(startOwnStack({ project })).rejects.toThrow(
    'access.ts: Cognito refuses the group "super admin"',
  );
});

test("front ends elsewhere sign in by the addresses that the stage lists, and by no other", async () => {
  const { target } = await startOwnStack();
  const [user] = target.users;
  const id = target.clients.spa?.id ?? "";
  const ask = (path: string, query: Readonly<Record<string, string>>) =>
    `${authUrl(target)}${path}?${form({ client_id: id, ...query })}`;
  const signInAt = (redirect_uri: string) =>
    signInByForm(
      ask("/oauth2/authorize", {
        redirect_uri,
        response_type: "code",
        scope: "openid",
        code_challenge: pkce().challenge,
        code_challenge_method: "S256",
      }),
      user?.username ?? "",
      user?.password ?? "",
    );
  for (const address of [
    `${target.appUrl}/`,
    "http://localhost:5173/",
    "http://localhost:3000/api/auth/callback/cognito",
    "myapp://callback",
  ]) {
    const arrived = await signInAt(address);
    expect(arrived.slice(0, arrived.indexOf("?"))).toBe(address);
    expect(arrived).toMatch(/\?code=[\w-]+$/);
  }
  for (const address of ["myapp://callback/", "http://localhost:3000/", "myapp://signed-out"])
    // The browser stays on a page that says so.
    expect(await signInAt(address)).toBe("");
  const out = new URL(ask("/logout", { logout_uri: "myapp://signed-out" }));
  const answer = await send(out.origin, { path: `${out.pathname}${out.search}` });
  expect([answer.status, answer.header("location")]).toEqual([302, "myapp://signed-out"]);
});
