import { createHmac } from "node:crypto";

import * as sdk from "@aws-sdk/client-cognito-identity-provider";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import {
  accountId,
  callbackUrl,
  decodeJwt,
  password,
  region,
  startCognito,
} from "../../../../test/cognito.ts";
import type { CognitoUnderTest } from "../../../../test/cognito.ts";

let stand: CognitoUnderTest;
let client: sdk.CognitoIdentityProviderClient;
let UserPoolId: string;

beforeAll(async () => {
  stand = await startCognito();
  UserPoolId = stand.cognito.poolId;
  client = clientWith(stand.admin);
});
beforeEach(() => {
  stand.explained.length = 0;
});
afterAll(async () => {
  client.destroy();
  await stand.close();
});

const clientWith = ({ accessKeyId, secretAccessKey, sessionToken }: CognitoUnderTest["admin"]) =>
  new sdk.CognitoIdentityProviderClient({
    region,
    endpoint: stand.origin,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
  });

/** An app client whose users may send passwords through the API, unlike the stack's own clients. */
async function passwordClient(more: Partial<sdk.CreateUserPoolClientCommandInput> = {}) {
  const { UserPoolClient } = await client.send(
    new sdk.CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: "api",
      ExplicitAuthFlows: [
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
      ],
      ...more,
    }),
  );
  return { ClientId: UserPoolClient?.ClientId ?? "", ClientSecret: UserPoolClient?.ClientSecret };
}

/** A client with a secret. @returns its id and the secret. */
async function confidentialClient(): Promise<[id: string, secret: string]> {
  const { UserPoolClient } = await client.send(
    new sdk.CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: "confidential",
      GenerateSecret: true,
      AllowedOAuthFlows: ["code"],
      AllowedOAuthFlowsUserPoolClient: true,
    }),
  );
  return [UserPoolClient?.ClientId ?? "", UserPoolClient?.ClientSecret ?? ""];
}

/** What the token endpoint says of a made-up refresh token: that it is none, once it knows the client. */
async function refreshWith(id: string, secret: string): Promise<unknown> {
  const answer = await fetch(`${stand.origin}/oauth2/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: "made-up" }),
  });
  return answer.json();
}

const initiate = (
  ClientId: string,
  USERNAME: string,
  PASSWORD: string,
  more: Record<string, string> = {},
) =>
  client.send(
    new sdk.InitiateAuthCommand({
      ClientId,
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME, PASSWORD, ...more },
    }),
  );

let serial = 0;
/** A new confirmed user, so that tests do not meet. */
async function newUser(): Promise<string> {
  serial += 1;
  const Username = `user${serial}`;
  await client.send(
    new sdk.AdminCreateUserCommand({
      UserPoolId,
      Username,
      UserAttributes: [{ Name: "email", Value: `${Username}@example.com` }],
      MessageAction: "SUPPRESS",
    }),
  );
  await client.send(
    new sdk.AdminSetUserPasswordCommand({
      UserPoolId,
      Username,
      Password: password,
      Permanent: true,
    }),
  );
  return Username;
}

const signIn = async (more: Partial<sdk.CreateUserPoolClientCommandInput> = {}) => {
  const { ClientId } = await passwordClient(more);
  const Username = await newUser();
  const { AuthenticationResult } = await initiate(ClientId, Username, password);
  const AccessToken = AuthenticationResult?.AccessToken ?? "";
  return {
    ClientId,
    Username,
    AccessToken,
    RefreshToken: AuthenticationResult?.RefreshToken ?? "",
  };
};
const getUser = (AccessToken: string) => client.send(new sdk.GetUserCommand({ AccessToken }));
const refresh = (ClientId: string, RefreshToken: string) =>
  client.send(new sdk.GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken }));
describe("an administrator", () => {
  test("may write True for true", async () => {
    const Username = "spelled-by-python";
    await client.send(
      new sdk.AdminCreateUserCommand({
        UserPoolId,
        Username,
        MessageAction: "SUPPRESS",
        UserAttributes: [
          { Name: "email", Value: "python@example.com" },
          { Name: "email_verified", Value: "True" },
        ],
      }),
    );
    const { UserAttributes } = await client.send(
      new sdk.AdminGetUserCommand({ UserPoolId, Username }),
    );
    expect(UserAttributes).toContainEqual({ Name: "email_verified", Value: "true" });
    await client.send(new sdk.AdminDeleteUserCommand({ UserPoolId, Username }));
  });

  test("creates, reads, lists and deletes users", async () => {
    const Username = await newUser();
    const user = await client.send(new sdk.AdminGetUserCommand({ UserPoolId, Username }));
    expect(user).toMatchObject({
      Username,
      Enabled: true,
      UserStatus: "CONFIRMED",
      UserAttributes: [
        { Name: "email", Value: `${Username}@example.com` },
        { Name: "sub", Value: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      ],
    });
    expect(Math.abs((user.UserCreateDate?.getTime() ?? 0) - stand.clock.now())).toBeLessThan(
      60_000,
    );
    const listed = await client.send(
      new sdk.ListUsersCommand({ UserPoolId, Filter: `username = "${Username}"` }),
    );
    expect(listed.Users?.map((each) => each.Username)).toEqual([Username]);
    await client.send(new sdk.AdminDeleteUserCommand({ UserPoolId, Username }));
    await expect(
      client.send(new sdk.AdminGetUserCommand({ UserPoolId, Username })),
    ).rejects.toThrow(sdk.UserNotFoundException);
  });

  test("pages through the users", async () => {
    const all = (await client.send(new sdk.ListUsersCommand({ UserPoolId }))).Users?.map(
      (each) => each.Username,
    );
    const paged: (string | undefined)[] = [];
    let PaginationToken: string | undefined;
    do {
      const page: sdk.ListUsersCommandOutput = await client.send(
        new sdk.ListUsersCommand({ UserPoolId, Limit: 2, PaginationToken }),
      );
      expect(page.Users?.length).toBeLessThanOrEqual(2);
      paged.push(...(page.Users ?? []).map((each) => each.Username));
      PaginationToken = page.PaginationToken;
    } while (PaginationToken !== undefined);
    expect(all).toEqual(expect.arrayContaining(["alice", "ada", "newcomer"]));
    expect(paged).toEqual(all);
  });

  test.each([
    [`email ^= "ali"`, ["alice"]],
    [`status = "Disabled"`, []],
    [`cognito:user_status = "FORCE_CHANGE_PASSWORD"`, ["newcomer"]],
  ])("filters users by %s", async (Filter, expected) => {
    const { Users } = await client.send(new sdk.ListUsersCommand({ UserPoolId, Filter }));
    expect(Users?.map((each) => each.Username)).toEqual(expected);
  });

  test("puts users into groups, and takes them out", async () => {
    const Username = await newUser();
    await client.send(
      new sdk.CreateGroupCommand({ UserPoolId, GroupName: `g-${Username}`, Precedence: 3 }),
    );
    const GroupName = `g-${Username}`;
    await client.send(new sdk.AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }));
    await client.send(new sdk.AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }));
    const list = () => client.send(new sdk.AdminListGroupsForUserCommand({ UserPoolId, Username }));
    expect((await list()).Groups).toMatchObject([{ GroupName, UserPoolId, Precedence: 3 }]);
    await client.send(new sdk.AdminRemoveUserFromGroupCommand({ UserPoolId, Username, GroupName }));
    expect((await list()).Groups).toEqual([]);
    const { Groups } = await client.send(new sdk.ListGroupsCommand({ UserPoolId }));
    expect(Groups?.map((each) => each.GroupName)).toEqual(
      expect.arrayContaining(["admin", "staff", GroupName]),
    );
  });

  test("sees the pool as it is", async () => {
    const { UserPool } = await client.send(new sdk.DescribeUserPoolCommand({ UserPoolId }));
    expect(UserPool).toMatchObject({
      Id: UserPoolId,
      Arn: `arn:aws:cognito-idp:${region}:${accountId}:userpool/${UserPoolId}`,
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      Policies: { PasswordPolicy: { MinimumLength: 8, RequireSymbols: true } },
      Domain: "gatehouse-local",
      UserPoolTags: {},
    });
  });

  test("tags the pool, and takes tags off", async () => {
    const describePool = () => client.send(new sdk.DescribeUserPoolCommand({ UserPoolId }));
    const ResourceArn = (await describePool()).UserPool?.Arn;
    await client.send(new sdk.TagResourceCommand({ ResourceArn, Tags: { one: "1", two: "2" } }));
    await client.send(new sdk.TagResourceCommand({ ResourceArn, Tags: { two: "3" } }));
    expect((await describePool()).UserPool?.UserPoolTags).toEqual({ one: "1", two: "3" });
    await client.send(new sdk.UntagResourceCommand({ ResourceArn, TagKeys: ["one", "two"] }));
    expect((await describePool()).UserPool?.UserPoolTags).toEqual({});
  });

  test("gives a client a second secret, and takes the first one away", async () => {
    const [ClientId, first] = await confidentialClient();
    const own = { UserPoolId, ClientId };
    const { ClientSecretDescriptor: made } = await client.send(
      new sdk.AddUserPoolClientSecretCommand(own),
    );
    const second = made?.ClientSecretValue ?? "";
    expect(second).toMatch(/^[0-9a-z]{51}$/);
    const refused = { error: "invalid_grant" };
    expect(await refreshWith(ClientId, first)).toEqual(refused);
    expect(await refreshWith(ClientId, second)).toEqual(refused);
    const third = client.send(new sdk.AddUserPoolClientSecretCommand(own));
    await expect(third).rejects.toThrow("at most 2 client secrets");
    const { ClientSecrets = [] } = await client.send(new sdk.ListUserPoolClientSecretsCommand(own));
    expect(ClientSecrets.map(({ ClientSecretValue }) => ClientSecretValue)).toEqual([
      undefined,
      undefined,
    ]);
    const [{ ClientSecretId } = {}] = ClientSecrets;
    await client.send(new sdk.DeleteUserPoolClientSecretCommand({ ...own, ClientSecretId }));
    expect(await refreshWith(ClientId, first)).toMatchObject({ error: "invalid_client" });
    expect(await refreshWith(ClientId, second)).toEqual(refused);
    const last = { ...own, ClientSecretId: made?.ClientSecretId };
    await expect(client.send(new sdk.DeleteUserPoolClientSecretCommand(last))).rejects.toThrow(
      "last client secret",
    );
  });

  test("sees the stack's clients as the blueprint has them", async () => {
    const describeClient = async (name: "web" | "spa" | "machine") => {
      const ClientId = stand.cognito.clientId(name);
      const answer = await client.send(
        new sdk.DescribeUserPoolClientCommand({ UserPoolId, ClientId }),
      );
      return answer.UserPoolClient;
    };
    const web = await describeClient("web");
    expect(web).toMatchObject({
      AllowedOAuthFlows: ["code"],
      ExplicitAuthFlows: [],
      RefreshTokenRotation: { Feature: "ENABLED", RetryGracePeriodSeconds: 60 },
      RefreshTokenValidity: 30,
      TokenValidityUnits: { AccessToken: "minutes", IdToken: "minutes", RefreshToken: "days" },
    });
    expect(web?.CallbackURLs).toContain(callbackUrl);
    expect(web?.AllowedOAuthScopes).not.toContain("aws.cognito.signin.user.admin");
    expect(web?.ClientSecret).toBe(stand.cognito.clientSecret("web"));
    expect((await describeClient("spa"))?.ClientSecret).toBeUndefined();
    const machine = await describeClient("machine");
    expect(machine).toMatchObject({ AllowedOAuthFlows: ["client_credentials"], CallbackURLs: [] });
    expect(machine?.ClientSecret).toBe(stand.cognito.clientSecret("machine"));
    const listed = await client.send(
      new sdk.ListUserPoolClientsCommand({ UserPoolId, MaxResults: 4 }),
    );
    expect(listed.UserPoolClients?.map(({ ClientName }) => ClientName)).toEqual([
      "web",
      "spa",
      "machine",
      "walkthrough",
    ]);
  });
});

const refusals: [why: string, send: () => Promise<unknown>, error: string][] = [
  [
    "a tag for another pool",
    () =>
      client.send(
        new sdk.TagResourceCommand({
          ResourceArn: `arn:aws:cognito-idp:${region}:${accountId}:userpool/${region}_000000000`,
          Tags: { one: "1" },
        }),
      ),
    "ResourceNotFoundException",
  ],
  [
    "another pool",
    () => client.send(new sdk.ListUsersCommand({ UserPoolId: `${region}_000000000` })),
    "ResourceNotFoundException",
  ],
  [
    "an unknown user",
    () => client.send(new sdk.AdminGetUserCommand({ UserPoolId, Username: "nobody" })),
    "UserNotFoundException",
  ],
  [
    "a username that exists in another case",
    () => client.send(new sdk.AdminCreateUserCommand({ UserPoolId, Username: "ALICE" })),
    "UsernameExistsException",
  ],
  [
    "a username that looks like an e-mail address",
    () => client.send(new sdk.AdminCreateUserCommand({ UserPoolId, Username: "ada@example.com" })),
    "InvalidParameterException",
  ],
  [
    "a username with a space",
    () => client.send(new sdk.AdminCreateUserCommand({ UserPoolId, Username: "a b" })),
    "InvalidParameterException",
  ],
  [
    "an attribute that the pool lacks",
    () =>
      client.send(
        new sdk.AdminCreateUserCommand({
          UserPoolId,
          Username: "x1",
          UserAttributes: [{ Name: "custom:role", Value: "admin" }],
        }),
      ),
    "InvalidParameterException",
  ],
  [
    "a bad e-mail address",
    () =>
      client.send(
        new sdk.AdminCreateUserCommand({
          UserPoolId,
          Username: "x2",
          UserAttributes: [{ Name: "email", Value: "nope" }],
        }),
      ),
    "InvalidParameterException",
  ],
  [
    "a weak temporary password",
    () =>
      client.send(
        new sdk.AdminCreateUserCommand({ UserPoolId, Username: "x3", TemporaryPassword: "weak" }),
      ),
    "InvalidPasswordException",
  ],
  [
    "a setting that does nothing here",
    () =>
      client.send(
        new sdk.AdminCreateUserCommand({ UserPoolId, Username: "x4", ForceAliasCreation: true }),
      ),
    "InvalidParameterException",
  ],
  [
    "an unknown group",
    () =>
      client.send(
        new sdk.AdminAddUserToGroupCommand({ UserPoolId, Username: "alice", GroupName: "nope" }),
      ),
    "ResourceNotFoundException",
  ],
  [
    "a group twice",
    () => client.send(new sdk.CreateGroupCommand({ UserPoolId, GroupName: "admin" })),
    "GroupExistsException",
  ],
  [
    "an unknown client",
    () => client.send(new sdk.DescribeUserPoolClientCommand({ UserPoolId, ClientId: "nobody" })),
    "ResourceNotFoundException",
  ],
  [
    "an unknown scope",
    () => passwordClient({ AllowedOAuthScopes: ["api/nope"] }),
    "ScopeDoesNotExistException",
  ],
  [
    "client_credentials without a secret",
    () =>
      passwordClient({
        AllowedOAuthFlows: ["client_credentials"],
        AllowedOAuthFlowsUserPoolClient: true,
      }),
    "InvalidOAuthFlowException",
  ],
  [
    "client_credentials together with another flow",
    () =>
      passwordClient({
        AllowedOAuthFlows: ["client_credentials", "code"],
        AllowedOAuthFlowsUserPoolClient: true,
        GenerateSecret: true,
      }),
    "InvalidOAuthFlowException",
  ],
  [
    "rotation together with refreshing by InitiateAuth",
    () => passwordClient({ RefreshTokenRotation: { Feature: "ENABLED" } }),
    "InvalidParameterException",
  ],
  [
    "a callback over http",
    () => passwordClient({ CallbackURLs: ["http://app.example/cb"] }),
    "InvalidParameterException",
  ],
  [
    "a callback with a line break",
    () => passwordClient({ CallbackURLs: ["https://app.example/\ncb"] }),
    "InvalidParameterException",
  ],
  [
    "a callback with a fragment",
    () => passwordClient({ CallbackURLs: ["https://app.example/cb#x"] }),
    "InvalidParameterException",
  ],
  [
    "a broken filter",
    () => client.send(new sdk.ListUsersCommand({ UserPoolId, Filter: "username = alice" })),
    "InvalidParameterException",
  ],
  [
    "an operation that is not supported",
    () => client.send(new sdk.ListDevicesCommand({ AccessToken: "x" })),
    "UnknownOperationException",
  ],
  [
    "a password for a client without that flow",
    () => initiate(stand.cognito.clientId("web"), "alice", password),
    "InvalidParameterException",
  ],
  [
    "signing up",
    () =>
      client.send(
        new sdk.SignUpCommand({
          ClientId: stand.cognito.clientId("web"),
          Username: "me",
          Password: password,
        }),
      ),
    "NotAuthorizedException",
  ],
];

test.each(refusals)("refuses %s and explains once", async (_why, send, error) => {
  await expect(send()).rejects.toMatchObject({ name: error });
  expect(stand.explained).toHaveLength(1);
});

test.each([
  ["Aa1!aaa", "Password not long enough"],
  ["aa1!aaaa", "Password must have uppercase characters"],
  ["AA1!AAAA", "Password must have lowercase characters"],
  ["Aaa!aaaa", "Password must have numeric characters"],
  ["Aa1aaaaa", "Password must have symbol characters"],
  [" Aa1aaaaa ", "Password must have symbol characters"],
])("refuses the password %j: %s", async (Password, message) => {
  const command = new sdk.AdminSetUserPasswordCommand({
    UserPoolId,
    Username: "alice",
    Password,
    Permanent: true,
  });
  await expect(client.send(command)).rejects.toMatchObject({
    name: "InvalidPasswordException",
    message: `Password did not conform with policy: ${message}`,
  });
});

test("needs a signature and permission for what administrators do", async () => {
  const body = JSON.stringify({ UserPoolId });
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": "AWSCognitoIdentityProviderService.ListUsers",
  };
  const unsigned = await fetch(stand.origin, { method: "POST", body, headers });
  expect(await unsigned.json()).toMatchObject({ __type: "MissingAuthenticationTokenException" });
  const wrongKey = clientWith({ ...stand.admin, secretAccessKey: "another" });
  await expect(wrongKey.send(new sdk.ListUsersCommand({ UserPoolId }))).rejects.toMatchObject({
    name: "InvalidSignatureException",
  });
});

describe("signing in with a password", () => {
  test("gives Cognito's API tokens: the admin scope alone, and no version", async () => {
    const { ClientId } = await passwordClient();
    const { AuthenticationResult } = await initiate(ClientId, "alice", password);
    expect(AuthenticationResult).toMatchObject({ ExpiresIn: 3600, TokenType: "Bearer" });
    const { claims } = decodeJwt(AuthenticationResult?.AccessToken ?? "");
    expect(claims).toMatchObject({
      scope: "aws.cognito.signin.user.admin",
      client_id: ClientId,
      username: "alice",
    });
    expect(Object.keys(claims)).not.toContain("version");
    expect(decodeJwt(AuthenticationResult?.IdToken ?? "").claims).toMatchObject({ aud: ClientId });
    const AccessToken = AuthenticationResult?.AccessToken ?? "";
    expect(await client.send(new sdk.GetUserCommand({ AccessToken }))).toMatchObject({
      Username: "alice",
    });
  });

  test("does not reveal who has an account", async () => {
    const { ClientId } = await passwordClient();
    for (const [username, secret] of [
      ["alice", "Wrong-horse-1"],
      ["nobody", password],
    ] as const) {
      await expect(initiate(ClientId, username, secret)).rejects.toMatchObject({
        name: "NotAuthorizedException",
        message: "Incorrect username or password.",
      });
    }
  });

  test("is refused to a disabled user", async () => {
    const { ClientId } = await passwordClient();
    const Username = await newUser();
    await client.send(new sdk.AdminDisableUserCommand({ UserPoolId, Username }));
    await expect(initiate(ClientId, Username, password)).rejects.toMatchObject({
      message: "User is disabled.",
    });
    await client.send(new sdk.AdminEnableUserCommand({ UserPoolId, Username }));
    expect((await initiate(ClientId, Username, password)).AuthenticationResult).toBeDefined();
  });

  test("needs the secret hash of a client with a secret", async () => {
    const { ClientId, ClientSecret } = await passwordClient({ GenerateSecret: true });
    const hashFor = (username: string) =>
      createHmac("sha256", ClientSecret ?? "")
        .update(`${username}${ClientId}`)
        .digest("base64");
    await expect(initiate(ClientId, "alice", password)).rejects.toThrow(
      "SECRET_HASH was not received",
    );
    await expect(
      initiate(ClientId, "alice", password, { SECRET_HASH: hashFor("ada") }),
    ).rejects.toThrow("SecretHash does not match");
    const answer = await initiate(ClientId, "alice", password, { SECRET_HASH: hashFor("alice") });
    expect(answer.AuthenticationResult).toBeDefined();
  });

  test("repeats a refusal in its headers, the type with a colon behind it", async () => {
    const { ClientId } = await passwordClient();
    const answer = await fetch(stand.origin, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "AWSCognitoIdentityProviderService.InitiateAuth",
      },
      body: JSON.stringify({
        ClientId,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: "nobody-here", PASSWORD: password },
      }),
    });
    expect([
      answer.headers.get("x-amzn-errortype"),
      answer.headers.get("x-amzn-errormessage"),
      await answer.json(),
    ]).toEqual([
      "NotAuthorizedException:",
      "Incorrect username or password.",
      { __type: "NotAuthorizedException", message: "Incorrect username or password." },
    ]);
  });

  test.each([
    [["ALLOW_ADMIN_USER_PASSWORD_AUTH"], "ADMIN_USER_PASSWORD_AUTH"],
    [["ALLOW_ADMIN_USER_PASSWORD_AUTH"], "ADMIN_NO_SRP_AUTH"],
    [["ADMIN_NO_SRP_AUTH"], "ADMIN_USER_PASSWORD_AUTH"],
    [["ADMIN_NO_SRP_AUTH"], "ADMIN_NO_SRP_AUTH"],
  ] as const)("of a client with %j by %s, whichever of the two names", async (flows, AuthFlow) => {
    stand.clock.advance(1); // clients are made at a rate of 15 a second
    const { ClientId } = await passwordClient({ ExplicitAuthFlows: [...flows] });
    const AuthParameters = { USERNAME: "alice", PASSWORD: password };
    const answer = await client.send(
      new sdk.AdminInitiateAuthCommand({ UserPoolId, ClientId, AuthFlow, AuthParameters }),
    );
    expect(answer.AuthenticationResult?.AccessToken).toBeDefined();
    await expect(initiate(ClientId, "alice", password)).rejects.toThrow(
      "USER_PASSWORD_AUTH flow not enabled for this client",
    );
  });

  test("has no client that mixes old and new names of flows", async () => {
    await expect(
      passwordClient({ ExplicitAuthFlows: ["ADMIN_NO_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH"] }),
    ).rejects.toThrow("Invalid ExplicitAuthFlows: ALLOW_USER_PASSWORD_AUTH");
  });

  test("works for an administrator with a signature only", async () => {
    const { ClientId } = await passwordClient();
    const answer = await client.send(
      new sdk.AdminInitiateAuthCommand({
        UserPoolId,
        ClientId,
        AuthFlow: "ADMIN_USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: "alice", PASSWORD: password },
      }),
    );
    expect(answer.AuthenticationResult?.RefreshToken?.split(".")).toHaveLength(5);
  });

  test("asks for a new password after a temporary one", async () => {
    const { ClientId } = await passwordClient();
    const Username = await newUser();
    const temporary = { UserPoolId, Username, Password: "Temporary-1", Permanent: false };
    await client.send(new sdk.AdminSetUserPasswordCommand(temporary));
    const challenge = await initiate(ClientId, Username, "Temporary-1");
    expect(challenge.ChallengeName).toBe("NEW_PASSWORD_REQUIRED");
    expect(challenge.ChallengeParameters).toMatchObject({
      USER_ID_FOR_SRP: Username,
      requiredAttributes: "[]",
    });
    expect(challenge.AuthenticationResult).toBeUndefined();
    const respond = (NEW_PASSWORD: string, id = ClientId) =>
      client.send(
        new sdk.RespondToAuthChallengeCommand({
          ClientId: id,
          ChallengeName: "NEW_PASSWORD_REQUIRED",
          Session: challenge.Session,
          ChallengeResponses: { USERNAME: Username, NEW_PASSWORD },
        }),
      );
    await expect(respond("weak")).rejects.toThrow(sdk.InvalidPasswordException);
    const other = await passwordClient();
    await expect(respond("New-password-1", other.ClientId)).rejects.toThrow(
      sdk.NotAuthorizedException,
    );
    expect((await respond("New-password-1")).AuthenticationResult).toBeDefined();
    await expect(respond("New-password-2")).rejects.toThrow(sdk.NotAuthorizedException);
    expect(
      (await initiate(ClientId, Username, "New-password-1")).AuthenticationResult,
    ).toBeDefined();
  });

  test("forgets a challenge after three minutes", async () => {
    const { ClientId } = await passwordClient();
    const Username = await newUser();
    const temporary = { UserPoolId, Username, Password: "Temporary-1", Permanent: false };
    await client.send(new sdk.AdminSetUserPasswordCommand(temporary));
    const { Session } = await initiate(ClientId, Username, "Temporary-1");
    stand.clock.advance(180);
    const respond = new sdk.RespondToAuthChallengeCommand({
      ClientId,
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      Session,
      ChallengeResponses: { USERNAME: Username, NEW_PASSWORD: "New-password-1" },
    });
    await expect(client.send(respond)).rejects.toThrow("session is expired");
  });
});

describe("the holder of tokens", () => {
  test("refreshes by InitiateAuth where the client allows it", async () => {
    const { ClientId, RefreshToken } = await signIn();
    const command = new sdk.InitiateAuthCommand({
      ClientId,
      AuthFlow: "REFRESH_TOKEN_AUTH",
      AuthParameters: { REFRESH_TOKEN: RefreshToken },
    });
    const { AuthenticationResult } = await client.send(command);
    expect(AuthenticationResult?.AccessToken).toBeDefined();
    expect(AuthenticationResult?.RefreshToken).toBeUndefined();
    expect(
      (await refresh(ClientId, RefreshToken)).AuthenticationResult?.RefreshToken,
    ).toBeUndefined();
  });

  test("rotates by GetTokensFromRefreshToken; reuse after the grace period is a distinct error", async () => {
    const { ClientId, RefreshToken } = await signIn({
      ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"],
      RefreshTokenRotation: { Feature: "ENABLED", RetryGracePeriodSeconds: 10 },
    });
    const { AuthenticationResult } = await refresh(ClientId, RefreshToken);
    const next = AuthenticationResult?.RefreshToken ?? "";
    expect(next).not.toBe(RefreshToken);
    stand.clock.advance(10);
    await expect(refresh(ClientId, RefreshToken)).rejects.toThrow(sdk.RefreshTokenReuseException);
    expect((await refresh(ClientId, next)).AuthenticationResult?.AccessToken).toBeDefined();
  });

  test("says of an unknown token what AWS says, with a full stop in one operation only", async () => {
    const { ClientId } = await passwordClient();
    const messages: string[] = [];
    for (const call of [
      refresh(ClientId, "a.b.c.d.e"),
      client.send(
        new sdk.InitiateAuthCommand({
          ClientId,
          AuthFlow: "REFRESH_TOKEN_AUTH",
          AuthParameters: { REFRESH_TOKEN: "a.b.c.d.e" },
        }),
      ),
    ])
      await expect(
        call.catch((error: Error) => {
          messages.push(error.message);
          throw error;
        }),
      ).rejects.toThrow(sdk.NotAuthorizedException);
    expect(messages).toEqual(["Invalid Refresh Token.", "Invalid Refresh Token"]);
  });

  test("revokes", async () => {
    const { ClientId, RefreshToken, AccessToken } = await signIn();
    await client.send(new sdk.RevokeTokenCommand({ ClientId, Token: RefreshToken }));
    await expect(refresh(ClientId, RefreshToken)).rejects.toThrow("Refresh Token has been revoked");
    await expect(getUser(AccessToken)).rejects.toThrow("Access Token has been revoked");
    await expect(
      client.send(new sdk.RevokeTokenCommand({ ClientId, Token: AccessToken })),
    ).rejects.toThrow(sdk.UnsupportedTokenTypeException);
  });

  test("signs out everywhere, and so does an administrator", async () => {
    const first = await signIn();
    await client.send(new sdk.GlobalSignOutCommand({ AccessToken: first.AccessToken }));
    await expect(getUser(first.AccessToken)).rejects.toThrow("Access Token has been revoked");
    await expect(refresh(first.ClientId, first.RefreshToken)).rejects.toThrow(
      "Refresh Token has been revoked",
    );
    const second = await signIn();
    const { Username } = second;
    await client.send(new sdk.AdminUserGlobalSignOutCommand({ UserPoolId, Username }));
    await expect(refresh(second.ClientId, second.RefreshToken)).rejects.toThrow(
      "Refresh Token has been revoked",
    );
  });

  test("loses everything when disabled or deleted", async () => {
    const disabled = await signIn();
    await client.send(new sdk.AdminDisableUserCommand({ UserPoolId, Username: disabled.Username }));
    await expect(refresh(disabled.ClientId, disabled.RefreshToken)).rejects.toThrow(
      sdk.NotAuthorizedException,
    );
    await expect(getUser(disabled.AccessToken)).rejects.toThrow(sdk.NotAuthorizedException);
    const deleted = await signIn();
    await client.send(new sdk.AdminDeleteUserCommand({ UserPoolId, Username: deleted.Username }));
    await expect(refresh(deleted.ClientId, deleted.RefreshToken)).rejects.toThrow(
      sdk.NotAuthorizedException,
    );
  });

  test("is refused with an expired token, and with one of the hosted pages", async () => {
    const { access } = await stand.cognito.tokensFor("alice", "web");
    await expect(getUser(access)).rejects.toThrow("Access Token does not have required scopes");
    await expect(getUser("a.b.c")).rejects.toThrow("Invalid Access Token");
    const { AccessToken } = await signIn();
    stand.clock.advance(3600);
    await expect(getUser(AccessToken)).rejects.toThrow("Access Token has expired");
  });

  test("cannot use another client's refresh token", async () => {
    const { RefreshToken } = await signIn();
    const other = await passwordClient();
    await expect(refresh(other.ClientId, RefreshToken)).rejects.toThrow("Invalid Refresh Token");
    await expect(
      client.send(new sdk.RevokeTokenCommand({ ClientId: other.ClientId, Token: RefreshToken })),
    ).rejects.toThrow(sdk.UnauthorizedException);
  });
});

describe("where the stage opens self sign-up", () => {
  test("people sign up, and may sign in once an administrator confirmed them", async () => {
    const open = await startCognito({ selfSignUp: true });
    const signUp = (Username: string, UserAttributes: sdk.AttributeType[]) =>
      openClient.send(
        new sdk.SignUpCommand({
          ClientId: open.cognito.clientId("spa"),
          Username,
          Password: password,
          UserAttributes,
        }),
      );
    const { accessKeyId, secretAccessKey, sessionToken } = open.admin;
    const openClient = new sdk.CognitoIdentityProviderClient({
      region,
      endpoint: open.origin,
      credentials: { accessKeyId, secretAccessKey, sessionToken },
    });
    const email = { Name: "email", Value: "eve@example.com" };
    await expect(signUp("eve", [email, { Name: "email_verified", Value: "true" }])).rejects.toThrow(
      sdk.NotAuthorizedException,
    );
    expect(await signUp("eve", [email])).toMatchObject({ UserConfirmed: false });
    await expect(signUp("EVE", [email])).rejects.toMatchObject({
      name: "UsernameExistsException",
      message: "User already exists",
    });
    const pool = { UserPoolId: open.cognito.poolId, Username: "eve" };
    expect((await openClient.send(new sdk.AdminGetUserCommand(pool))).UserStatus).toBe(
      "UNCONFIRMED",
    );
    await openClient.send(new sdk.AdminConfirmSignUpCommand(pool));
    expect((await openClient.send(new sdk.AdminGetUserCommand(pool))).UserStatus).toBe("CONFIRMED");
    openClient.destroy();
    await open.close();
  });
});
