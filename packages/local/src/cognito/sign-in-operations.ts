import { AwsError } from "../aws-json/json-service.ts";
import type { InputMembers } from "../aws-json/input-members.ts";
import type { JsonObject, Operation } from "../aws-json/json-service.ts";
import { adminOperation, unsignedOperation } from "./admin-operation.ts";
import { requireSecretHash } from "./client-secret.ts";
import type { Client } from "./clients.ts";
import { refreshRefusal } from "./token-operations.ts";
import { userAdminScope } from "./tokens.ts";
import { attributesIn } from "./user-operations.ts";
import type { UserPool } from "./user-pool.ts";
import type { PasswordRefusal, User } from "./users.ts";

/** Signing up and signing in through the API, without the hosted pages. */
export function signInOperations(pool: UserPool): Record<string, Operation> {
  return {
    SignUp: unsignedOperation(async (asked) => {
      const client = pool.clients.get(asked.text("ClientId"));
      if (!pool.options.selfSignUp) {
        throw new AwsError("NotAuthorizedException", "SignUp is not permitted for this user pool");
      }
      const username = asked.text("Username", { max: 128 });
      requireSecretHash(client, [username], asked.optionalText("SecretHash"));
      const attributes = attributesIn(asked, "UserAttributes");
      // A person cannot vouch for their own address.
      if ([...attributes.keys()].some((name) => name.endsWith("_verified"))) {
        throw new AwsError(
          "NotAuthorizedException",
          "A client attempted to write unauthorized attribute",
        );
      }
      const password = asked.text("Password", { max: 256 });
      const user = await pool.users.add({ username, password, status: "UNCONFIRMED", attributes });
      return { UserConfirmed: false, UserSub: user.sub };
    }),
    InitiateAuth: unsignedOperation((asked) => initiateAuth(pool, asked, "USER_PASSWORD_AUTH")),
    AdminInitiateAuth: adminOperation(pool, (asked) =>
      initiateAuth(pool, asked, "ADMIN_USER_PASSWORD_AUTH"),
    ),
    RespondToAuthChallenge: unsignedOperation((asked) => respondToChallenge(pool, asked)),
    AdminRespondToAuthChallenge: adminOperation(pool, (asked) => respondToChallenge(pool, asked)),
  };
}

async function initiateAuth(
  pool: UserPool,
  asked: InputMembers,
  passwordFlow: "USER_PASSWORD_AUTH" | "ADMIN_USER_PASSWORD_AUTH",
): Promise<JsonObject> {
  const client = pool.clients.get(asked.text("ClientId"));
  const parameters = asked.optionalTextMap("AuthParameters");
  const asks = asked.text("AuthFlow");
  const flow = asks === "REFRESH_TOKEN" ? "REFRESH_TOKEN_AUTH" : asks;
  if (!client.authFlows.includes(`ALLOW_${flow}`)) {
    throw new AwsError("InvalidParameterException", `${asks} flow not enabled for this client`);
  }
  if (flow === "REFRESH_TOKEN_AUTH") return refreshBySecretHash(pool, client, parameters);
  if (flow !== passwordFlow) {
    throw new AwsError(
      "InvalidParameterException",
      `The local stack does not play ${asks} in this operation.`,
    );
  }

  const username = requiredParameter(parameters, "USERNAME");
  requireSecretHash(client, [username], parameters.get("SECRET_HASH"));
  const check = await pool.users.checkPassword(username, requiredParameter(parameters, "PASSWORD"));
  if (check.kind === "signed-in") return signIn(pool, client, check.user);
  if (check.kind === "new-password-required") {
    return {
      ChallengeName: "NEW_PASSWORD_REQUIRED",
      Session: pool.challenges.issue({ username: check.user.username, clientId: client.id }),
      ChallengeParameters: {
        USER_ID_FOR_SRP: check.user.username,
        requiredAttributes: "[]",
        userAttributes: JSON.stringify(Object.fromEntries(check.user.attributes)),
      },
    };
  }
  const [type, message] = passwordRefusals[check.why];
  throw new AwsError(type, message);
}

const incorrect = ["NotAuthorizedException", "Incorrect username or password."] as const;
const passwordRefusals: Readonly<
  Record<PasswordRefusal, readonly [type: string, message: string]>
> = {
  "no such user": incorrect,
  "wrong password": incorrect,
  disabled: ["NotAuthorizedException", "User is disabled."],
  unconfirmed: ["UserNotConfirmedException", "User is not confirmed."],
  "temporary password expired": [
    "NotAuthorizedException",
    "Temporary password has expired and must be reset by an administrator.",
  ],
};

async function refreshBySecretHash(
  pool: UserPool,
  client: Client,
  parameters: ReadonlyMap<string, string>,
): Promise<JsonObject> {
  const refreshToken = requiredParameter(parameters, "REFRESH_TOKEN");
  const grant = pool.grants.findByRefreshToken(refreshToken);
  const user = grant && pool.users.findBySub(grant.sub);
  requireSecretHash(client, user ? [user.username, user.sub] : [], parameters.get("SECRET_HASH"));
  const refresh = await pool.refresh(refreshToken, client);
  if (refresh.kind === "refused") throw refreshRefusal(refresh.why);
  const { id, access, expiresInSeconds } = refresh.tokens;
  return {
    AuthenticationResult: {
      AccessToken: access,
      ExpiresIn: expiresInSeconds,
      IdToken: id,
      TokenType: "Bearer",
    },
    ChallengeParameters: {},
  };
}

async function respondToChallenge(pool: UserPool, asked: InputMembers): Promise<JsonObject> {
  const client = pool.clients.get(asked.text("ClientId"));
  if (asked.text("ChallengeName") !== "NEW_PASSWORD_REQUIRED") {
    throw new AwsError(
      "InvalidParameterException",
      "The local stack plays the challenge NEW_PASSWORD_REQUIRED only.",
    );
  }
  const responses = asked.optionalTextMap("ChallengeResponses");
  const username = requiredParameter(responses, "USERNAME");
  requireSecretHash(client, [username], responses.get("SECRET_HASH"));
  const session = asked.text("Session", { min: 20, max: 2048 });
  const invalidSession = new AwsError(
    "NotAuthorizedException",
    "Invalid session for the user, session is expired.",
  );
  if (pool.challenges.find(session)?.username !== username.toLowerCase()) throw invalidSession;
  const user = await pool.answerChallenge(
    session,
    client,
    requiredParameter(responses, "NEW_PASSWORD"),
  );
  if (!user) throw invalidSession;
  return signIn(pool, client, user);
}

async function signIn(pool: UserPool, client: Client, user: User): Promise<JsonObject> {
  const authTime = Math.floor(pool.clock.now() / 1000);
  const { grant, refreshToken } = pool.grants.open({
    client,
    user,
    scopes: [userAdminScope],
    by: "api",
    authTime,
  });
  const { id, access, expiresInSeconds } = await pool.tokens.forUser({ user, client, grant });
  return {
    AuthenticationResult: {
      AccessToken: access,
      ExpiresIn: expiresInSeconds,
      IdToken: id,
      RefreshToken: refreshToken,
      TokenType: "Bearer",
    },
    ChallengeParameters: {},
  };
}

function requiredParameter(parameters: ReadonlyMap<string, string>, name: string): string {
  const value = parameters.get(name);
  if (!value) throw new AwsError("InvalidParameterException", `Missing required parameter ${name}`);
  return value;
}
