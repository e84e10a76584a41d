import { AwsError } from "../../json-api/json-service.ts";
import type { Operation } from "../../json-api/json-service.ts";
import { unsignedOperation } from "./admin-operation.ts";
import { requireClientSecret } from "../pool/client-secret.ts";
import type { RefreshFailure } from "../pool/grants.ts";
import { userAdminScope } from "../pool/tokens.ts";
import { toAttributeList } from "./user-operations.ts";
import type { UserPool } from "../pool/user-pool.ts";
import type { User } from "../pool/users.ts";

/** What the holder of a token may do with it. */
export function tokenOperations(pool: UserPool): Record<string, Operation> {
  /** @throws {AwsError} NotAuthorizedException, also for a token of the hosted pages without the admin scope. */
  const holderOf = async (accessToken: string): Promise<User> => {
    const check = await pool.checkAccessToken(accessToken);
    if (check.kind === "refused") {
      const messages = {
        invalid: "Invalid Access Token",
        expired: "Access Token has expired",
        revoked: "Access Token has been revoked",
      } as const;
      throw new AwsError("NotAuthorizedException", messages[check.why]);
    }
    if (!check.claims.scope.split(" ").includes(userAdminScope)) {
      throw new AwsError("NotAuthorizedException", "Access Token does not have required scopes");
    }
    return check.user;
  };

  return {
    GetUser: unsignedOperation(async (asked) => {
      const user = await holderOf(asked.text("AccessToken"));
      return { Username: user.username, UserAttributes: toAttributeList(user) };
    }),
    GlobalSignOut: unsignedOperation(async (asked) => {
      const { username } = await holderOf(asked.text("AccessToken"));
      pool.signOutEverywhere(username);
      return {};
    }),
    GetTokensFromRefreshToken: unsignedOperation(async (asked) => {
      const client = pool.clients.get(asked.text("ClientId"));
      requireClientSecret(client, asked.optionalText("ClientSecret"));
      const refresh = await pool.refresh(asked.text("RefreshToken"), client);
      if (refresh.kind === "refused") throw refreshRefusal(refresh.why, "Invalid Refresh Token.");
      const { id, access, expiresInSeconds } = refresh.tokens;
      return {
        AuthenticationResult: {
          AccessToken: access,
          ExpiresIn: expiresInSeconds,
          IdToken: id,
          RefreshToken: refresh.successor,
          TokenType: "Bearer",
        },
      };
    }),
    RevokeToken: unsignedOperation(async (asked) => {
      const client = pool.clients.get(asked.text("ClientId"));
      requireClientSecret(client, asked.optionalText("ClientSecret"));
      const token = asked.text("Token");
      // Refresh tokens have five parts; a JWT is an id or access token.
      if (token.split(".").length === 3) {
        throw new AwsError("UnsupportedTokenTypeException", "Unsupported token type.");
      }
      const grant = pool.grants.findByRefreshToken(token);
      if (grant && grant.clientId !== client.id)
        throw new AwsError("UnauthorizedException", "Invalid token for the client.");
      if (grant) pool.grants.revoke(grant.originJti);
      return {};
    }),
  };
}

/** The API's wording for a refresh token that is refused. @param invalid differs by a full stop from operation to operation. */
export function refreshRefusal(
  why: RefreshFailure,
  invalid: "Invalid Refresh Token" | "Invalid Refresh Token.",
): AwsError {
  if (why === "reused") {
    return new AwsError("RefreshTokenReuseException", "Refresh Token has already been used");
  }
  const messages: Readonly<Record<Exclude<RefreshFailure, "reused">, string>> = {
    unknown: invalid,
    "another client": invalid,
    expired: "Refresh Token has expired",
    revoked: "Refresh Token has been revoked",
  };
  return new AwsError("NotAuthorizedException", messages[why]);
}
