import { randomBytes } from "node:crypto";

import { expect, test } from "vitest";

import { callApi } from "../support/client.ts";
import { createVisitor, type Visitor } from "../support/visitor.ts";
import { type OwnStack, startOwnStack } from "./own-stack.ts";
import { sessionsOf } from "./sessions-of.ts";

const newKey = (): string => randomBytes(32).toString("base64");
const cookie = "__Host-Http-gatehouse-session.1of1";
const sealedIn = ({ cookies }: Visitor): string => cookies.get(cookie) ?? "";

async function signedIn({ target }: OwnStack): Promise<Visitor> {
  const [user] = target.users;
  if (user === undefined) throw new TypeError("the stack has no user");
  const visitor = createVisitor(target);
  await visitor.signIn("/me", user);
  return visitor;
}

const status = async (visitor: Visitor): Promise<number> => (await visitor.call("/me")).status;
const renewal = async (visitor: Visitor): Promise<number> =>
  (await visitor.call("/.auth/refresh", { method: "POST" })).status;

test("a session outlives new containers, and a change of keys in two deploys", async () => {
  const own = await startOwnStack();
  const { stack } = own;
  const [old = ""] = stack.sealing().keys;
  const next = newKey();
  const visitor = await signedIn(own);
  await stack.renew();
  expect(await status(visitor)).toBe(200);

  await stack.renew({ sealing: { keys: [old, next] } });
  expect(await status(visitor)).toBe(200);
  await stack.renew({ sealing: { keys: [next, old] } });
  expect([await status(visitor), await renewal(visitor)]).toEqual([200, 204]);
  // Taken back to the deploy before: what was sealed meanwhile is opened.
  await stack.renew({ sealing: { keys: [old, next] } });
  expect(await status(visitor)).toBe(200);
  // Without the old key, only what the new one has sealed.
  const late = await signedIn(own);
  await stack.renew({ sealing: { keys: [next] } });
  expect([await status(visitor), await status(late)]).toEqual([200, 401]);
  expect(late.cookies.has(cookie)).toBe(false);
});

test("a session of another stage is none, nor one under a key that this stage never had", async () => {
  const [own, other] = [await startOwnStack(), await startOwnStack()];
  const [mine, theirs] = [await signedIn(own), await signedIn(other)];
  const session = sessionsOf(own.stack.sealing()).open(sealedIn(mine), own.target.appUrl);
  if (session === undefined) throw new TypeError("the session cannot be opened");
  const forged = (sealed: string): Visitor => {
    const visitor = createVisitor(own.target);
    visitor.cookies.set(cookie, sealed);
    return visitor;
  };
  const sealing = own.stack.sealing();
  expect(await status(forged(sealedIn(theirs)))).toBe(401);
  expect(
    await status(forged(sessionsOf({ keys: [newKey()] }).seal(session, own.target.appUrl))),
  ).toBe(401);
  expect(await status(forged(sessionsOf(sealing).seal(session, other.target.appUrl)))).toBe(401);
  expect(await status(forged(sessionsOf(sealing).seal(session, own.target.appUrl)))).toBe(200);
});

test("sealing vouches for nothing: whoever has the key still needs a signed token", async () => {
  const own = await startOwnStack();
  const sessions = sessionsOf(own.stack.sealing());
  const { tokens, appUrl } = own.target;
  const [header, claims] = tokens.access.split(".");
  for (const accessToken of [
    `${header}.${claims}.${randomBytes(256).toString("base64url")}`,
    // Of the public client, whose tokens are for bearers.
    tokens.access,
    tokens.id,
  ]) {
    const visitor = createVisitor(own.target);
    visitor.cookies.set(cookie, sessions.seal({ accessToken, refreshToken: "r" }, appUrl));
    expect([await status(visitor), visitor.cookies.size]).toEqual([401, 0]);
  }
});

test("the client's secret is changed without signing anybody out", async () => {
  const own = await startOwnStack();
  const { stack, target } = own;
  const visitor = await signedIn(own);
  const asAdmin = async (operation: string, input: object) => {
    const date = new Date(stack.clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    const answer = await callApi(target, operation, input, target.credentials.admin, {
      "x-amz-date": date,
    });
    if (answer.status !== 200) throw new Error(`${operation}: ${answer.status}`);
    return answer;
  };
  const client = { UserPoolId: target.userPoolId, ClientId: target.clients.web.id };
  const pool = "AWSCognitoIdentityProviderService";
  const added = (await asAdmin(`${pool}.AddUserPoolClientSecret`, client)).json<{
    ClientSecretDescriptor: { ClientSecretId: string; ClientSecretValue: string };
  }>().ClientSecretDescriptor;
  await asAdmin("AmazonSSM.PutParameter", {
    Name: "/gatehouse/sample/local/web-client-secret",
    Value: added.ClientSecretValue,
    Overwrite: true,
  });
  expect(await renewal(visitor)).toBe(204);
  const listed = (await asAdmin(`${pool}.ListUserPoolClientSecrets`, client)).json<{
    ClientSecrets: { ClientSecretId: string }[];
  }>().ClientSecrets;
  const old = listed.find(({ ClientSecretId }) => ClientSecretId !== added.ClientSecretId);
  stack.clock.advance(2);
  await asAdmin(`${pool}.DeleteUserPoolClientSecret`, {
    ...client,
    ClientSecretId: old?.ClientSecretId,
  });
  // The container still has the old one: refused once, read again, taken.
  expect([await renewal(visitor), await status(visitor)]).toEqual([204, 200]);
  expect(await status(await signedIn(own))).toBe(200);
  expect(own.lines.filter((line) => line.includes("invalid_client"))).toHaveLength(1);
  expect(own.lines.join("\n")).not.toContain(added.ClientSecretValue.slice(0, 16));
});

test("without the client's secret, renewals are 503 and sessions stay", async () => {
  const own = await startOwnStack();
  const { stack, target } = own;
  const visitor = await signedIn(own);
  await callApi(target, "AmazonSSM.DeleteParameter", {
    Name: "/gatehouse/sample/local/web-client-secret",
  });
  // Requests that need no secret ask for none.
  await stack.renew();
  expect(await status(visitor)).toBe(200);
  const { cookies } = visitor;
  const before = new Map(cookies);
  expect(await renewal(visitor)).toBe(503);
  expect([await status(visitor), cookies]).toEqual([200, before]);
});
