import * as sdk from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import {
  callbackUrl,
  decodeJwt,
  locationOf,
  newPasswordClient,
  openBrowser,
  password,
  region,
  startCognito,
} from "../cognito.ts";
import type { Browser, CognitoUnderTest } from "../cognito.ts";

let stand: CognitoUnderTest;
/** An administrator, with credentials. */
let admin: sdk.CognitoIdentityProviderClient;
/** An app, which has none: the SDK must not look for any. */
let app: sdk.CognitoIdentityProviderClient;
let UserPoolId: string;
let ClientId: string;

beforeAll(async () => {
  stand = await startCognito();
  UserPoolId = stand.cognito.poolId;
  const { accessKeyId, secretAccessKey, sessionToken } = stand.admin;
  const credentials = { accessKeyId, secretAccessKey, sessionToken };
  admin = new sdk.CognitoIdentityProviderClient({ region, endpoint: stand.origin, credentials });
  app = new sdk.CognitoIdentityProviderClient({
    region,
    endpoint: stand.origin,
    credentials: () => Promise.reject(new Error("an app has no credentials")),
    // It would try again, with pauses, when a limit is exceeded.
    maxAttempts: 1,
  });
  ClientId = await newPasswordClient(stand);
});
beforeEach(() => {
  stand.explained.length = 0;
});
afterAll(async () => {
  admin.destroy();
  app.destroy();
  await stand.close();
});

let serial = 0;
async function newUser(
  UserAttributes: sdk.AttributeType[] = [
    { Name: "email", Value: "someone@example.com" },
    { Name: "email_verified", Value: "true" },
  ],
): Promise<string> {
  serial += 1;
  const Username = `user${serial}`;
  const temporary = { UserPoolId, Username, UserAttributes, MessageAction: "SUPPRESS" } as const;
  await admin.send(new sdk.AdminCreateUserCommand(temporary));
  const permanent = { UserPoolId, Username, Password: password, Permanent: true };
  await admin.send(new sdk.AdminSetUserPasswordCommand(permanent));
  return Username;
}

const signIn = async (USERNAME: string, PASSWORD = password) =>
  app.send(
    new sdk.InitiateAuthCommand({
      ClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME, PASSWORD },
    }),
  );
const forgot = (Username: string) =>
  app.send(new sdk.ForgotPasswordCommand({ ClientId, Username }));
const confirm = (Username: string, ConfirmationCode: string, Password = "Remembered-1") =>
  app.send(
    new sdk.ConfirmForgotPasswordCommand({ ClientId, Username, ConfirmationCode, Password }),
  );
const statusOf = async (Username: string) =>
  (await admin.send(new sdk.AdminGetUserCommand({ UserPoolId, Username }))).UserStatus;

/** The code of the last line that stands for a mail. */
function mailedCode(): string {
  const mails = stand.explained.flatMap((line) => {
    const [, code] = /^cognito: would be mailed to .*: .* is (\d{6})$/.exec(line) ?? [];
    return code === undefined ? [] : [code];
  });
  return mails.at(-1) ?? "no mail";
}
/** Never the code that was mailed. */
const wrongCode = () => (mailedCode() === "000000" ? "000001" : "000000");

const wrong = "Invalid verification code provided, please try again.";
const gone = "Invalid code provided, please request a code again.";
const limit = "Attempt limit exceeded, please try after some time.";

describe("a first sign-in", () => {
  test("takes a new password, for an administrator's program too", async () => {
    const Username = await newUser();
    const temporary = { UserPoolId, Username, Password: "Temporary-1", Permanent: false };
    await admin.send(new sdk.AdminSetUserPasswordCommand(temporary));
    const challenge = await admin.send(
      new sdk.AdminInitiateAuthCommand({
        UserPoolId,
        ClientId,
        AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: Username, PASSWORD: "Temporary-1" },
      }),
    );
    expect(challenge.ChallengeName).toBe("NEW_PASSWORD_REQUIRED");
    const respond = (more: Record<string, string> = {}) =>
      admin.send(
        new sdk.AdminRespondToAuthChallengeCommand({
          UserPoolId,
          ClientId,
          ChallengeName: "NEW_PASSWORD_REQUIRED",
          Session: challenge.Session,
          ChallengeResponses: { USERNAME: Username, NEW_PASSWORD: "Chosen-by-me-1", ...more },
        }),
      );
    // Nothing that is sent may be dropped in silence.
    await expect(respond({ "userAttributes.name": "Someone" })).rejects.toThrow(
      sdk.InvalidParameterException,
    );
    expect((await respond()).AuthenticationResult?.AccessToken).toBeDefined();
    expect(await statusOf(Username)).toBe("CONFIRMED");
  });
});

describe("a forgotten password", () => {
  test("is replaced with the code, once, and the old one is dead", async () => {
    const Username = await newUser();
    const { CodeDeliveryDetails } = await forgot(Username);
    expect(CodeDeliveryDetails).toEqual({
      AttributeName: "email",
      DeliveryMedium: "EMAIL",
      Destination: "s***@e***",
    });
    const code = mailedCode();
    expect(stand.explained).toEqual([
      `cognito: would be mailed to s***@e***: the password reset code is ${code}`,
    ]);
    await expect(confirm(Username, code, "weak")).rejects.toThrow(sdk.InvalidPasswordException);
    await confirm(Username, code);
    await expect(confirm(Username, code)).rejects.toThrow(sdk.ExpiredCodeException);
    await expect(signIn(Username)).rejects.toThrow(sdk.NotAuthorizedException);
    expect((await signIn(Username, "Remembered-1")).AuthenticationResult).toBeDefined();
  });

  test("keeps the tokens of before: only a sign-out everywhere ends them", async () => {
    const Username = await newUser();
    const { AuthenticationResult } = await signIn(Username);
    const AccessToken = AuthenticationResult?.AccessToken;
    await forgot(Username);
    await confirm(Username, mailedCode());
    expect((await app.send(new sdk.GetUserCommand({ AccessToken }))).Username).toBe(Username);
  });

  test("has a code for an hour", async () => {
    const Username = await newUser();
    await forgot(Username);
    stand.clock.advance(3599);
    await expect(confirm(Username, wrongCode())).rejects.toThrow(wrong);
    stand.clock.advance(1);
    await expect(confirm(Username, mailedCode())).rejects.toThrow(gone);
  });

  test("ends an earlier code with a new one", async () => {
    const Username = await newUser();
    await forgot(Username);
    const earlier = mailedCode();
    do await forgot(Username);
    while (mailedCode() === earlier);
    await expect(confirm(Username, earlier)).rejects.toThrow(wrong);
    await confirm(Username, mailedCode());
  });

  // What somebody sees who asks for another person's account: the left column must not be told apart.
  const names: [kind: string, name: () => Promise<string>][] = [
    ["a user", () => newUser()],
    ["nobody", () => Promise.resolve(`nobody${(serial += 1)}`)],
    [
      "a disabled user",
      async () => {
        const Username = await newUser();
        await admin.send(new sdk.AdminDisableUserCommand({ UserPoolId, Username }));
        return Username;
      },
    ],
    ["a user without an address", () => newUser([])],
    [
      "a user whose address is not verified",
      () => newUser([{ Name: "email", Value: "someone@example.com" }]),
    ],
    ["a user with a temporary password", () => Promise.resolve("newcomer")],
  ];
  test.each(names)("looks the same for %s", async (_kind, name) => {
    const username = await name();
    const answerOf = (sending: Promise<unknown>) =>
      sending.then(
        () => "taken",
        (error: unknown) => (error instanceof Error ? error.message : "no error"),
      );
    const answers = [await answerOf(confirm(username, "000000"))];
    for (let round = 0; round < 5; round += 1) {
      const { CodeDeliveryDetails } = await forgot(username);
      expect(CodeDeliveryDetails?.Destination).toMatch(/^[a-z]\*\*\*@[a-z]\*\*\*$/);
    }
    answers.push(await answerOf(forgot(username)));
    for (let tries = 0; tries < 6; tries += 1)
      answers.push(await answerOf(confirm(username, wrongCode())));
    stand.clock.advance(3600);
    answers.push(await answerOf(confirm(username, "000000")));
    answers.push(await answerOf(forgot(username)));
    expect(answers).toEqual([gone, limit, ...Array(5).fill(wrong), limit, gone, "taken"]);
  });

  test("is no use to a user who is disabled after the code was mailed", async () => {
    const Username = await newUser();
    await forgot(Username);
    await admin.send(new sdk.AdminDisableUserCommand({ UserPoolId, Username }));
    await expect(confirm(Username, mailedCode())).rejects.toThrow(sdk.CodeMismatchException);
  });

  test("gives no code of one user to another of the same name", async () => {
    const Username = await newUser();
    await forgot(Username);
    const attributes = [{ Name: "email", Value: "other@example.com" }];
    await admin.send(new sdk.AdminDeleteUserCommand({ UserPoolId, Username }));
    await admin.send(
      new sdk.AdminCreateUserCommand({ UserPoolId, Username, UserAttributes: attributes }),
    );
    await expect(confirm(Username, mailedCode())).rejects.toThrow(sdk.CodeMismatchException);
  });
});

describe("a password that an administrator resets", () => {
  test("asks for a code at the next sign-in", async () => {
    const Username = await newUser();
    await admin.send(new sdk.AdminResetUserPasswordCommand({ UserPoolId, Username }));
    expect(await statusOf(Username)).toBe("RESET_REQUIRED");
    await expect(signIn(Username)).rejects.toThrow(sdk.PasswordResetRequiredException);
    await expect(signIn(Username, "Wrong-horse-1")).rejects.toThrow(
      "Incorrect username or password.",
    );
    await confirm(Username, mailedCode());
    expect(await statusOf(Username)).toBe("CONFIRMED");
    expect((await signIn(Username, "Remembered-1")).AuthenticationResult).toBeDefined();
  });

  test.each([
    ["a user who does not exist", () => Promise.resolve("nobody"), "UserNotFoundException"],
    ["a user without an address", () => newUser([]), "InvalidParameterException"],
    ["a temporary password", () => Promise.resolve("newcomer"), "NotAuthorizedException"],
  ])("is refused for %s", async (_why, name, error) => {
    const Username = await name();
    await expect(
      admin.send(new sdk.AdminResetUserPasswordCommand({ UserPoolId, Username })),
    ).rejects.toMatchObject({ name: error });
    expect(mailedCode()).toBe("no mail");
  });
});

describe("in a browser that signed in at the hosted pages", () => {
  const query = () =>
    new URLSearchParams({
      client_id: stand.cognito.clientId("spa"),
      redirect_uri: callbackUrl,
      response_type: "code",
      scope: "openid",
    }).toString();
  const tokensFrom = async (back: Response) => {
    const answer = await fetch(`${stand.origin}/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "authorization_code",
        client_id: stand.cognito.clientId("spa"),
        redirect_uri: callbackUrl,
        code: locationOf(back).searchParams.get("code") ?? "",
      }),
    });
    const tokens: { access_token: string; refresh_token: string } = await answer.json();
    return tokens;
  };
  const refreshStatus = async (refreshToken: string): Promise<unknown> => {
    const answer = await fetch(`${stand.origin}/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "refresh_token",
        client_id: stand.cognito.clientId("spa"),
        refresh_token: refreshToken,
      }),
    });
    return [answer.status, await answer.json()];
  };
  const dead = [400, { error: "invalid_grant" }];
  const silently = (browser: Browser) => browser.get(`/oauth2/authorize?${query()}`);

  test("a global sign-out ends the tokens, and the next silent sign-in is as old as the first", async () => {
    const Username = await newUser();
    const browser = openBrowser(stand.origin);
    const first = await tokensFrom(await browser.signIn(query(), Username, password));
    stand.clock.advance(600);
    await admin.send(new sdk.AdminUserGlobalSignOutCommand({ UserPoolId, Username }));
    expect(await refreshStatus(first.refresh_token)).toEqual(dead);
    const again = await tokensFrom(await silently(browser));
    expect(decodeJwt(again.access_token).claims["auth_time"]).toBe(
      decodeJwt(first.access_token).claims["auth_time"],
    );
    expect(await refreshStatus(again.refresh_token)).toMatchObject([200, {}]);
    stand.clock.advance(3000);
    expect(locationOf(await silently(browser)).pathname).toBe("/login");
  });

  test("a disabled user gets nothing: no code, no refresh, no sign-in, and no longer what was given", async () => {
    const Username = await newUser();
    const browser = openBrowser(stand.origin);
    const tokens = await tokensFrom(await browser.signIn(query(), Username, password));
    await admin.send(new sdk.AdminDisableUserCommand({ UserPoolId, Username }));
    expect(await refreshStatus(tokens.refresh_token)).toEqual(dead);
    expect(locationOf(await silently(browser)).pathname).toBe("/login");
    expect((await openBrowser(stand.origin).signIn(query(), Username, password)).status).toBe(400);
    await expect(signIn(Username)).rejects.toThrow(sdk.NotAuthorizedException);
    // Whoever is let in again starts anew.
    await admin.send(new sdk.AdminEnableUserCommand({ UserPoolId, Username }));
    expect(await refreshStatus(tokens.refresh_token)).toEqual(dead);
    expect((await signIn(Username)).AuthenticationResult).toBeDefined();
  });
});

test("a client that would tell who has an account is not played", async () => {
  const legacy = new sdk.CreateUserPoolClientCommand({
    UserPoolId,
    ClientName: "legacy",
    PreventUserExistenceErrors: "LEGACY",
  });
  await expect(admin.send(legacy)).rejects.toThrow(sdk.InvalidParameterException);
});
