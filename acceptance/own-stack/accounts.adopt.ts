import { describe, expect, test } from "vitest";

import { callApi } from "../support/client.ts";
import { runSuite } from "../support/child-run.ts";
import { decodeClaims } from "../support/forge.ts";
import { createVisitor, type Visitor } from "../support/visitor.ts";
import { sessionsOf } from "./sessions-of.ts";
import { startOwnStack, type OwnStack } from "./own-stack.ts";

const names = ({ target: { region, userPoolId } }: OwnStack) => ({
  ORIGINAL: `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`,
  UPDATED: `https://issuer-cognito-idp.${region}.amazonaws.com/${userPoolId}`,
});

describe("an account with a pool set to UPDATED, whose auth_time moves", () => {
  test("passes what the suite asks of tokens, sessions and access", async () => {
    const own = await startOwnStack({ account: ["updated-issuer", "moving-auth-time"] });
    for (const token of Object.values(own.target.tokens))
      expect(decodeClaims(token)["iss"]).toBe(names(own).UPDATED);
    const files = ["tokens", "sessions", "access"];
    const { code, passed, failed, skipped, output } = await runSuite(own.target, files);
    expect({ code, failed, output }).toEqual({ code: 0, failed: [], output: expect.any(String) });
    expect(passed.length).toBeGreaterThan(150);
    expect(skipped).toEqual([]);
  }, 300_000);
});

describe("a pool that is set to its other issuer", () => {
  /** As an administrator does; who may sign up is sent along, because AWS resets what is left out. */
  const setIssuer = async ({ target }: OwnStack, Type: keyof ReturnType<typeof names>) => {
    const answer = await callApi(target, "AWSCognitoIdentityProviderService.UpdateUserPool", {
      UserPoolId: target.userPoolId,
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      IssuerConfiguration: { Type },
    });
    expect(answer.status).toBe(200);
  };
  const accessToken = ({ stack, target }: OwnStack, { cookies }: Visitor): string =>
    sessionsOf(stack.sealing()).open(
      cookies.get("__Host-Http-gatehouse-session.1of1") ?? "",
      target.appUrl,
    )?.accessToken ?? "";

  test("signs nobody out and renames nobody, there and back", async () => {
    const own = await startOwnStack();
    const { target } = own;
    const [user] = target.users;
    if (user === undefined) throw new TypeError("the stack has no user");
    const visitor = createVisitor(target);
    await visitor.signIn("/me", user);
    const caller = (await visitor.call("/me")).json();
    const issuer = () => decodeClaims(accessToken(own, visitor))["iss"];
    expect(issuer()).toBe(names(own).ORIGINAL);

    for (const type of ["UPDATED", "ORIGINAL"] as const) {
      const before = issuer();
      await setIssuer(own, type);
      // The session goes on with the token of the other issuer …
      expect([issuer(), (await visitor.call("/me")).json()]).toEqual([before, caller]);
      // … is renewed with one of this …
      expect((await visitor.call("/.auth/refresh", { method: "POST" })).status).toBe(204);
      expect([issuer(), (await visitor.call("/me")).json()]).toEqual([names(own)[type], caller]);
      // … and a new sign-in is the same person.
      const other = createVisitor(target);
      await other.signIn("/me", user);
      expect([
        decodeClaims(accessToken(own, other))["iss"],
        (await other.call("/me")).json(),
      ]).toEqual([names(own)[type], { ...caller, signedInAt: expect.any(Number) }]);
    }
  });

  test("is no matter to a page whose session has expired in between: it is renewed", async () => {
    const own = await startOwnStack();
    const [user] = own.target.users;
    if (user === undefined) throw new TypeError("the stack has no user");
    const visitor = createVisitor(own.target);
    await visitor.signIn("/me", user);
    const caller = (await visitor.call("/me")).json();
    await setIssuer(own, "UPDATED");
    own.stack.clock.advance(3601);
    expect((await visitor.open("/me")).status).toBe(307);
    const { iss } = decodeClaims(accessToken(own, visitor));
    expect([iss, (await visitor.call("/me")).json()]).toEqual([names(own).UPDATED, caller]);
  });
});

test("on the plan Lite, where refresh tokens do not rotate, a session goes on hour after hour", async () => {
  const { target, stack } = await startOwnStack({ account: ["lite-pool"] });
  const [user] = target.users;
  if (user === undefined) throw new TypeError("the stack has no user");
  const visitor = createVisitor(target);
  await visitor.signIn("/me", user);
  const caller = (await visitor.call("/me")).json();
  const refreshToken = (): string | undefined =>
    sessionsOf(stack.sealing()).open(
      visitor.cookies.get("__Host-Http-gatehouse-session.1of1") ?? "",
      target.appUrl,
    )?.refreshToken;
  const first = refreshToken();
  expect(first).toEqual(expect.any(String));
  for (let hour = 1; hour <= 7; hour += 1) {
    stack.clock.advance(3601);
    expect((await visitor.call("/.auth/refresh", { method: "POST" })).status).toBe(204);
    expect([refreshToken(), (await visitor.call("/me")).json()]).toEqual([first, caller]);
  }
});
