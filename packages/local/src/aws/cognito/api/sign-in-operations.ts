import { AwsError } from "../../json-api/json-service.ts";
import type { InputMembers } from "../../json-api/input-members.ts";
import type { JsonObject, Operation } from "../../json-api/json-service.ts";
import { adminOperation, unsignedOperation } from "./admin-operation.ts";
import { afterPassword, askForProof, respondToChallenge } from "./auth-challenges.ts";
import { authParameters, requiredParameter } from "./auth-parameters.ts";
import { requireSecretHash } from "../pool/client-secret.ts";
import type { Client } from "../pool/clients.ts";
import { refreshRefusal } from "./token-operations.ts";
import { attributesIn } from "./user-operations.ts";
import type { UserPool } from "../pool/user-pool.ts";

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

/** Still taken, for the flows of today. */
const olderNames: ReadonlyMap<string, string> = new Map([
  ["REFRESH_TOKEN", "REFRESH_TOKEN_AUTH"],
  ["ADMIN_NO_SRP_AUTH", "ADMIN_USER_PASSWORD_AUTH"],
]);

function mayUse({ authFlows }: Client, flow: string): boolean {
  const ofToday = authFlows.every((name) => name.startsWith("ALLOW_"));
  if (ofToday) return authFlows.includes(`ALLOW_${flow}`);
  const named = authFlows.map((name) => olderNames.get(name) ?? name);
  return [...named, "REFRESH_TOKEN_AUTH"].includes(flow);
}

async function initiateAuth(
  pool: UserPool,
  asked: InputMembers,
  passwordFlow: "USER_PASSWORD_AUTH" | "ADMIN_USER_PASSWORD_AUTH",
): Promise<JsonObject> {
  const client = pool.clients.get(asked.text("ClientId"));
  const parameters = authParameters(asked, "AuthParameters");
  const asks = asked.text("AuthFlow");
  const flow = olderNames.get(asks) ?? asks;
  if (!mayUse(client, flow)) {
    throw new AwsError("InvalidParameterException", `${asks} flow not enabled for this client`);
  }
  if (flow === "REFRESH_TOKEN_AUTH") return refreshBySecretHash(pool, client, parameters);
  if (flow === "USER_SRP_AUTH") return askForProof(pool, client, parameters);
  if (flow !== passwordFlow) {
    throw new AwsError(
      "InvalidParameterException",
      `The local stack does not support ${asks} in this operation.`,
    );
  }

  const username = requiredParameter(parameters, "USERNAME");
  requireSecretHash(client, [username], parameters.get("SECRET_HASH"));
  const check = await pool.users.checkPassword(username, requiredParameter(parameters, "PASSWORD"));
  return afterPassword(pool, client, check);
}

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
  if (refresh.kind === "refused") throw refreshRefusal(refresh.why, "Invalid Refresh Token");
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
