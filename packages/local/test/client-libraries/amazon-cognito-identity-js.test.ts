import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserPool,
  type CognitoUserAttribute,
  type CognitoUserSession,
  type ICognitoStorage,
} from "amazon-cognito-identity-js";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { newPasswordClient, password, startCognito } from "../cognito.ts";
import type { CognitoUnderTest } from "../cognito.ts";

let stand: CognitoUnderTest;
let clientId: string;

beforeAll(async () => {
  stand = await startCognito();
  clientId = await newPasswordClient(stand);
});
afterAll(() => stand.close());

type SignIn =
  | { readonly kind: "signed-in"; readonly session: CognitoUserSession }
  | { readonly kind: "new-password-required"; readonly attributes: Record<string, string> };

/** The library's memory of one browser. */
function memory(): ICognitoStorage {
  const values = new Map<string, string>();
  return {
    setItem: (key, value) => void values.set(key, value),
    getItem: (key) => values.get(key) ?? null,
    removeItem: (key) => void values.delete(key),
    clear: () => values.clear(),
  };
}

/** The library's own choice is SRP: the password never leaves it. */
type Flow = "USER_SRP_AUTH" | "USER_PASSWORD_AUTH";

function userOf(
  username: string,
  storage = memory(),
  flow: Flow = "USER_PASSWORD_AUTH",
): CognitoUser {
  const pool = new CognitoUserPool({
    UserPoolId: stand.cognito.poolId,
    ClientId: clientId,
    endpoint: stand.origin,
    Storage: storage,
  });
  const user = new CognitoUser({ Username: username, Pool: pool, Storage: storage });
  user.setAuthenticationFlowType(flow);
  return user;
}

const signIn = (user: CognitoUser, secret: string) =>
  new Promise<SignIn>((resolve, reject) => {
    const details = { Username: user.getUsername(), Password: secret };
    user.authenticateUser(new AuthenticationDetails(details), {
      onSuccess: (session) => resolve({ kind: "signed-in", session }),
      newPasswordRequired: (attributes) => resolve({ kind: "new-password-required", attributes }),
      onFailure: reject,
    });
  });

const completeNewPassword = (user: CognitoUser, secret: string) =>
  new Promise<CognitoUserSession>((resolve, reject) => {
    user.completeNewPasswordChallenge(
      secret,
      {},
      { onSuccess: (session) => resolve(session), onFailure: reject },
    );
  });

const sessionOf = (user: CognitoUser) =>
  new Promise<CognitoUserSession>((resolve, reject) => {
    user.getSession((error: Error | null, session: CognitoUserSession | null) =>
      session ? resolve(session) : reject(error ?? new Error("there is no session")),
    );
  });

const attributesOf = (user: CognitoUser) =>
  new Promise<Record<string, string>>((resolve, reject) => {
    user.getUserAttributes((error?: Error, attributes?: CognitoUserAttribute[]) =>
      attributes
        ? resolve(Object.fromEntries(attributes.map((each) => [each.getName(), each.getValue()])))
        : reject(error ?? new Error("there are no attributes")),
    );
  });

/** @returns where the library is told that the code went. */
const forgotPassword = (user: CognitoUser) =>
  new Promise<unknown>((resolve, reject) => {
    user.forgotPassword({
      onSuccess: resolve,
      inputVerificationCode: resolve,
      onFailure: reject,
    });
  });

const confirmPassword = (user: CognitoUser, code: string, secret: string) =>
  new Promise<string>((resolve, reject) => {
    user.confirmPassword(code, secret, { onSuccess: resolve, onFailure: reject });
  });

test("signs in, keeps the session, refreshes it and reads the user", async () => {
  const storage = memory();
  const user = userOf("alice", storage);
  const first = await signIn(user, password);
  if (first.kind !== "signed-in") throw new Error("no session");
  expect(first.session.isValid()).toBe(true);
  expect(first.session.getIdToken().payload).toMatchObject({ "cognito:username": "alice" });
  const kept = userOf("alice", storage);
  const found = await sessionOf(kept);
  expect(found.getAccessToken().getJwtToken()).toBe(first.session.getAccessToken().getJwtToken());
  expect(await attributesOf(kept)).toMatchObject({ email: "alice@example.com" });
  const refreshed = await new Promise<CognitoUserSession>((resolve, reject) => {
    kept.refreshSession(found.getRefreshToken(), (error: unknown, session: CognitoUserSession) =>
      error ? reject(error) : resolve(session),
    );
  });
  expect(refreshed.getAccessToken().payload["auth_time"]).toBe(
    found.getAccessToken().payload["auth_time"],
  );
  expect(refreshed.getAccessToken().payload["jti"]).not.toBe(found.getAccessToken().payload["jti"]);
});

test.each([
  ["a wrong password", "alice", "Wrong-horse-1"],
  ["a user who does not exist", "nobody", password],
])("is told the same of %s", async (_why, username, secret) => {
  await expect(signIn(userOf(username), secret)).rejects.toMatchObject({
    code: "NotAuthorizedException",
    message: "Incorrect username or password.",
  });
});

describe("with a proof of the password (SRP)", () => {
  const proving = (username: string, secret: string) =>
    signIn(userOf(username, memory(), "USER_SRP_AUTH"), secret);

  test("signs in, also by a name in another case", async () => {
    for (const username of ["alice", "ALICE"]) {
      const signedIn = await proving(username, password);
      if (signedIn.kind !== "signed-in") throw new Error("no session");
      expect(signedIn.session.getAccessToken().payload["username"]).toBe("alice");
    }
  });

  test.each([
    ["a wrong password", "alice", "Wrong-horse-1"],
    ["a user who does not exist", "nobody", password],
  ])("is told the same of %s", async (_why, username, secret) => {
    await expect(proving(username, secret)).rejects.toMatchObject({
      code: "NotAuthorizedException",
      message: "Incorrect username or password.",
    });
  });

  test("sends a proof that is good once, and no password", async () => {
    const sending = vi.spyOn(globalThis, "fetch");
    await proving("alice", password);
    const bodies = sending.mock.calls.map(([, init]) =>
      typeof init?.body === "string" ? init.body : "",
    );
    const [url, last] = sending.mock.calls.at(-1) ?? [];
    sending.mockRestore();
    expect(bodies).toHaveLength(2);
    expect(bodies.join("")).not.toContain(password);
    expect(bodies[1]).toContain("PASSWORD_CLAIM_SIGNATURE");
    const replayed = await fetch(url ?? "", last);
    expect([replayed.status, await replayed.json()]).toEqual([
      400,
      { __type: "NotAuthorizedException", message: "Incorrect username or password." },
    ]);
  });

  test("is asked for a new password after a temporary one, and not let in when disabled", async () => {
    await stand.run("AdminSetUserPassword", {
      Username: "newcomer",
      Password: "Temporary-2",
      Permanent: false,
    });
    expect((await proving("newcomer", "Temporary-2")).kind).toBe("new-password-required");
    await stand.run("AdminDisableUser", { Username: "newcomer" });
    await expect(proving("newcomer", "Temporary-2")).rejects.toMatchObject({
      code: "NotAuthorizedException",
    });
    await stand.run("AdminEnableUser", { Username: "newcomer" });
    await stand.run("AdminSetUserPassword", {
      Username: "newcomer",
      Password: password,
      Permanent: false,
    });
  });
});

test("completes the first sign-in with a new password", async () => {
  const user = userOf("newcomer");
  const challenge = await signIn(user, password);
  expect(challenge).toEqual({
    kind: "new-password-required",
    attributes: { email: "new@example.com", email_verified: "true" },
  });
  await expect(completeNewPassword(user, "weak")).rejects.toMatchObject({
    code: "InvalidPasswordException",
  });
  const session = await completeNewPassword(user, "Chosen-by-me-1");
  expect(session.isValid()).toBe(true);
  expect((await signIn(userOf("newcomer"), "Chosen-by-me-1")).kind).toBe("signed-in");
});

test("resets a forgotten password with the code that would be mailed", async () => {
  stand.explained.length = 0;
  const user = userOf("ada");
  expect(await forgotPassword(user)).toMatchObject({
    CodeDeliveryDetails: { DeliveryMedium: "EMAIL", Destination: "a***@e***" },
  });
  const [, code = ""] =
    /mailed to a\*\*\*@e\*\*\*: .* is (\d{6})$/.exec(stand.explained[0] ?? "") ?? [];
  await expect(confirmPassword(user, code, "weak")).rejects.toMatchObject({
    code: "InvalidPasswordException",
  });
  expect(await confirmPassword(user, code, "Remembered-1")).toBe("SUCCESS");
  await expect(confirmPassword(user, code, "Remembered-2")).rejects.toMatchObject({
    code: "ExpiredCodeException",
  });
  expect((await signIn(userOf("ada"), "Remembered-1")).kind).toBe("signed-in");
  await expect(signIn(userOf("ada"), password)).rejects.toMatchObject({
    code: "NotAuthorizedException",
  });
});

test("signs out everywhere: the other browser's access token is dead too", async () => {
  const [here, there] = [userOf("alice"), userOf("alice")];
  await signIn(here, password);
  await signIn(there, password);
  await new Promise<string>((resolve, reject) => {
    here.globalSignOut({ onSuccess: resolve, onFailure: reject });
  });
  await expect(attributesOf(there)).rejects.toMatchObject({ code: "NotAuthorizedException" });
});
