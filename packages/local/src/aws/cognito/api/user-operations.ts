import { AwsError } from "../../json-api/json-service.ts";
import type { InputMembers } from "../../json-api/input-members.ts";
import type { JsonObject, Operation } from "../../json-api/json-service.ts";
import { adminOperation, pageOf, poolMembers } from "./admin-operation.ts";
import { newTemporaryPassword } from "../pool/passwords.ts";
import { userFilter } from "../pool/user-filter.ts";
import type { UserPool } from "../pool/user-pool.ts";
import type { User } from "../pool/users.ts";

/** What an administrator does with users. */
export function userOperations(pool: UserPool): Record<string, Operation> {
  const { users, grants } = pool;

  return {
    AdminCreateUser: adminOperation(pool, async (asked) => {
      asked.only(
        "UserPoolId",
        "Username",
        "TemporaryPassword",
        "UserAttributes",
        "MessageAction",
        "DesiredDeliveryMediums",
      );
      // RESEND would mail the invitation again, and nothing is mailed here.
      if ((asked.optionalText("MessageAction") ?? "SUPPRESS") !== "SUPPRESS") {
        throw new AwsError(
          "InvalidParameterException",
          "The local stack sends no messages: MessageAction must be SUPPRESS.",
        );
      }
      const user = await users.add({
        username: usernameIn(asked),
        password: asked.optionalText("TemporaryPassword", { max: 256 }) ?? newTemporaryPassword(),
        status: "FORCE_CHANGE_PASSWORD",
        attributes: attributesIn(asked, "UserAttributes"),
      });
      return { User: toUserType(user) };
    }),
    AdminSetUserPassword: adminOperation(pool, async (asked) => {
      const status = asked.flag("Permanent") ? "CONFIRMED" : "FORCE_CHANGE_PASSWORD";
      await users.setPassword(usernameIn(asked), asked.text("Password", { max: 256 }), status);
      return {};
    }),
    AdminGetUser: adminOperation(pool, (asked) => {
      const { Attributes, ...user } = toUserType(users.get(usernameIn(asked)));
      return { ...user, UserAttributes: Attributes };
    }),
    AdminDeleteUser: adminOperation(pool, (asked) => {
      const { username, sub } = users.get(usernameIn(asked));
      users.remove(username);
      grants.revokeAllOf(sub);
      return {};
    }),
    AdminDisableUser: adminOperation(pool, (asked) => {
      const { sub } = users.update(usernameIn(asked), { enabled: false });
      grants.revokeAllOf(sub);
      return {};
    }),
    AdminEnableUser: adminOperation(pool, (asked) => {
      users.update(usernameIn(asked), { enabled: true });
      return {};
    }),
    AdminConfirmSignUp: adminOperation(pool, (asked) => {
      const { username, status } = users.get(usernameIn(asked));
      if (status !== "UNCONFIRMED") {
        throw new AwsError(
          "NotAuthorizedException",
          `User cannot be confirmed. Current status is ${status}`,
        );
      }
      users.update(username, { status: "CONFIRMED" });
      return {};
    }),
    AdminUserGlobalSignOut: adminOperation(pool, (asked) => {
      pool.signOutEverywhere(usernameIn(asked));
      return {};
    }),
    ListUsers: adminOperation(pool, (asked) => {
      const matches = userFilter(asked.optionalText("Filter", { min: 0, max: 256 }) ?? "");
      const { page, next } = pageOf(users.list().filter(matches), asked, {
        limit: "Limit",
        token: "PaginationToken",
      });
      return { Users: page.map(toUserType), PaginationToken: next };
    }),
  };
}

function usernameIn(asked: InputMembers): string {
  return asked.text("Username", { max: 128 });
}

/** `[{Name, Value}]`; for a repeated name, the last value counts. */
export function attributesIn(asked: InputMembers, member: string): ReadonlyMap<string, string> {
  return new Map(
    asked.optionalObjects(member).map((attribute) => {
      const each = poolMembers(attribute);
      return [
        each.text("Name", { max: 32 }),
        each.optionalText("Value", { min: 0, max: 2048 }) ?? "",
      ];
    }),
  );
}

/** Attributes as the API lists them, `sub` last. */
export function toAttributeList(user: User): JsonObject[] {
  return [...user.attributes, ["sub", user.sub] as const].map(([Name, Value]) => ({ Name, Value }));
}

function toUserType(user: User) {
  return {
    Username: user.username,
    Attributes: toAttributeList(user),
    UserCreateDate: user.createdAtMs / 1000,
    UserLastModifiedDate: user.modifiedAtMs / 1000,
    Enabled: user.enabled,
    UserStatus: user.status,
  };
}
