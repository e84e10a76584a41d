import { join } from "node:path";

import type { Project } from "@sst-gatehouse/blueprint/project";
import { builtFromSource } from "@sst-gatehouse/local/stack";
import { expect, test } from "vitest";

import { access } from "./scoped-backend/access.ts";
import { sample } from "../sample/sample.ts";
import { type Answer, send, viaApp } from "../support/client.ts";
import { decodeClaims } from "../support/forge.ts";
import { authUrl, form, machineToken, pkce, signIn } from "../support/oauth.ts";
import { createVisitor } from "../support/visitor.ts";
import { startOwnStack } from "./own-stack.ts";

const backend = join(import.meta.dirname, "scoped-backend");
const project: Project = { root: backend, gate: { ...sample.gate, access } };

/** 200, or the refusal's code. */
const codeOf = (answer: Answer): unknown => (answer.status === 200 ? 200 : answer.json()["code"]);

const start = (peopleScopes: readonly string[]) =>
  startOwnStack({ project, codeSource: builtFromSource(backend), stage: { peopleScopes } });

test("where people have a scope, a rule for scopes alone still admits machines only, and one for groups too asks people for both", async () => {
  const { target } = await start(["api/read"]);
  const [alice, ada] = target.users;
  if (alice === undefined || ada === undefined) throw new Error("the stack has two people");
  expect([alice.groups, ada.groups]).toEqual([[], ["admin"]]);

  const by = async (token: string) =>
    Promise.all(
      ["/echo/machines", "/echo/both"].map(async (path) => {
        return codeOf(await viaApp(target, { path, token }));
      }),
    );
  const inSession = async (person: typeof ada) => {
    const visitor = createVisitor(target);
    await visitor.signIn("/echo", person);
    const { scopes } = (await visitor.call("/.auth/me")).json();
    const answers = [await visitor.call("/echo/machines"), await visitor.call("/echo/both")];
    return [scopes, ...answers.map(codeOf)];
  };

  const carried = ["openid", "email", "profile", "api/read"];
  expect(await inSession(alice)).toEqual([carried, "access_denied", "access_denied"]);
  expect(await inSession(ada)).toEqual([carried, "access_denied", 200]);

  const scoped = await signIn(target, ada, "openid api/read");
  expect(decodeClaims(scoped.access)["scope"]).toBe("openid api/read");
  expect(await by(scoped.access)).toEqual(["access_denied", 200]);
  expect(await by(scoped.id)).toEqual(["access_denied", "access_denied"]);
  const narrow = await signIn(target, ada, "openid");
  expect(await by(narrow.access)).toEqual(["access_denied", "access_denied"]);
  expect(await by(narrow.id)).toEqual(["access_denied", "access_denied"]);
  const plain = await signIn(target, alice, "openid api/read");
  expect(await by(plain.access)).toEqual(["access_denied", "access_denied"]);

  expect(await by(await machineToken(target, "api/read"))).toEqual([200, 200]);
  expect(await by(await machineToken(target, "api/write"))).toEqual([
    "access_denied",
    "access_denied",
  ]);
});

test("the claims that access.ts asks for are the same for a session and for the bearer of the ID token", async () => {
  const { target } = await start(["api/read"]);
  const [alice] = target.users;
  if (alice === undefined) throw new Error("the stack has two people");
  const tokens = await signIn(target, alice, "openid email api/read");
  const { email } = decodeClaims(tokens.id);
  expect(email).toMatch(/^alice@/);
  const claimsBy = async (token: string) =>
    (await viaApp(target, { path: "/me", token })).json()["claims"];
  expect(await claimsBy(tokens.id)).toEqual({ email });
  expect(await claimsBy(tokens.access)).toEqual({});
  const visitor = createVisitor(target);
  await visitor.signIn("/echo", alice);
  expect((await visitor.call("/me")).json()["claims"]).toMatchObject({ email });
  expect((await visitor.call("/.auth/me")).json()["claims"]).toMatchObject({ email });
});

test("a person gets no scope that the stage does not give, by either client", async () => {
  const { target } = await start(["api/read"]);
  const callback = new URL(target.signInUrl).searchParams.get("redirect_uri") ?? "";
  const { walkthrough } = target.clients;
  for (const [id, responseType] of [
    [target.clients.web.id, "code"],
    [walkthrough?.id ?? "", "token"],
  ] as const) {
    const asked = (scope: string) =>
      send(authUrl(target), {
        path: `/oauth2/authorize?${form({
          client_id: id,
          redirect_uri: callback,
          response_type: responseType,
          scope,
          code_challenge: pkce().challenge,
          code_challenge_method: "S256",
        })}`,
      });
    const refused = await asked("openid api/write");
    expect([refused.status, refused.header("location")]).toEqual([
      302,
      `${callback}${responseType === "code" ? "?" : "#"}error_description=invalid_scope&error=invalid_request`,
    ]);
    const taken = new URL((await asked("openid api/read")).header("location") ?? "");
    expect([taken.origin, taken.pathname]).toEqual([authUrl(target), "/login"]);
  }
});

test("where people have no scope, a rule that asks them for one stops the start with what to write", async () => {
  await expect(start([])).rejects.toThrow(
    'access rule "/echo/both" lists groups and scopes, so it asks people for both, and on this stage nobody\'s token carries api/read. If people are to have them, write peopleScopes: ["api/read"] in stages.ts',
  );
  await expect(start(["api/other"])).rejects.toThrow(
    'stages.ts: peopleScopes has "api/other", and access.ts lists api/read, api/write',
  );
});
