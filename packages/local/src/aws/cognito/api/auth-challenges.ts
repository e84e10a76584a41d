import { AwsError } from "../../json-api/json-service.ts";
import type { InputMembers } from "../../json-api/input-members.ts";
import type { JsonObject } from "../../json-api/json-service.ts";
import { authParameters, requiredParameter } from "./auth-parameters.ts";
import { requireSecretHash } from "../pool/client-secret.ts";
import type { Client } from "../pool/clients.ts";
import { userAdminScope } from "../pool/tokens.ts";
import type { UserPool } from "../pool/user-pool.ts";
import type { PasswordCheck, PasswordRefusal, User } from "../pool/users.ts";

/** Asks for a proof of the password (Secure Remote Password). */
export function askForProof(
  pool: UserPool,
  client: Client,
  parameters: ReadonlyMap<string, string>,
): JsonObject {
  const username = requiredParameter(parameters, "USERNAME");
  requireSecretHash(client, [username], parameters.get("SECRET_HASH"));
  const clientPublic = requiredParameter(parameters, "SRP_A");
  const started = pool.srpSignIn.start(username, client.id, clientPublic);
  if (!started) throw new AwsError("InvalidParameterException", "SRP_A is not valid.");
  return {
    ChallengeName: "PASSWORD_VERIFIER",
    Session: started.session,
    ChallengeParameters: {
      SALT: started.salt,
      SECRET_BLOCK: started.secretBlock,
      SRP_B: started.serverPublic,
      USERNAME: started.username,
      USER_ID_FOR_SRP: started.username,
    },
  };
}

/** What follows when the password was right, or was not. */
export async function afterPassword(
  pool: UserPool,
  client: Client,
  check: PasswordCheck,
): Promise<JsonObject> {
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
  "locked out": ["NotAuthorizedException", "Password attempts exceeded"],
  disabled: ["NotAuthorizedException", "User is disabled."],
  unconfirmed: ["UserNotConfirmedException", "User is not confirmed."],
  "reset required": ["PasswordResetRequiredException", "Password reset required for the user"],
  "temporary password expired": [
    "NotAuthorizedException",
    "Temporary password has expired and must be reset by an administrator.",
  ],
};

/** Takes the answer to either challenge. */
export async function respondToChallenge(pool: UserPool, asked: InputMembers): Promise<JsonObject> {
  const client = pool.clients.get(asked.text("ClientId"));
  const challenge = asked.text("ChallengeName");
  if (challenge !== "NEW_PASSWORD_REQUIRED" && challenge !== "PASSWORD_VERIFIER") {
    throw new AwsError(
      "InvalidParameterException",
      "The local stack supports only the challenges NEW_PASSWORD_REQUIRED and PASSWORD_VERIFIER.",
    );
  }
  const responses = authParameters(asked, "ChallengeResponses");
  if ([...responses.keys()].some((name) => name.startsWith("userAttributes."))) {
    throw new AwsError(
      "InvalidParameterException",
      "The local stack does not set attributes together with a new password.",
    );
  }
  const username = requiredParameter(responses, "USERNAME");
  requireSecretHash(client, [username], responses.get("SECRET_HASH"));
  const session = asked.text("Session", { min: 20, max: 2048 });
  if (challenge === "PASSWORD_VERIFIER") {
    const proof = {
      secretBlock: requiredParameter(responses, "PASSWORD_CLAIM_SECRET_BLOCK"),
      timestamp: requiredParameter(responses, "TIMESTAMP"),
      signature: requiredParameter(responses, "PASSWORD_CLAIM_SIGNATURE"),
    };
    return afterPassword(
      pool,
      client,
      pool.srpSignIn.finish(session, { clientId: client.id, username }, proof),
    );
  }
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
