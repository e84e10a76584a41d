import { randomUUID } from "node:crypto";

import { AwsError } from "../aws-json/json-service.ts";
import type { Clock } from "../clock.ts";
import {
  hashPassword,
  passwordMatches,
  passwordPolicy,
  requireAcceptablePassword,
} from "./passwords.ts";
import type { PasswordHash } from "./passwords.ts";

export type UserStatus = "UNCONFIRMED" | "CONFIRMED" | "FORCE_CHANGE_PASSWORD";

export interface User {
  readonly username: string;
  readonly sub: string;
  /** Standard OpenID attributes but `sub`, in the order they were given. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly status: UserStatus;
  readonly enabled: boolean;
  /** In the order they were joined. */
  readonly groups: readonly string[];
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

export type PasswordRefusal =
  | "no such user"
  | "wrong password"
  | "disabled"
  | "unconfirmed"
  | "temporary password expired";

/** What came of a username and a password. `why` is for the terminal; the caller learns less. */
export type PasswordCheck =
  | { readonly kind: "signed-in"; readonly user: User }
  | { readonly kind: "new-password-required"; readonly user: User }
  | {
      readonly kind: "refused";
      readonly why: PasswordRefusal;
    };

export interface Users {
  /** @throws {AwsError} UsernameExistsException, InvalidPasswordException, InvalidParameterException */
  add(user: {
    username: string;
    password: string;
    status: UserStatus;
    attributes: ReadonlyMap<string, string>;
  }): Promise<User>;
  /** Names differ by more than case. */
  find(username: string): User | undefined;
  findBySub(sub: string): User | undefined;
  /** @throws {AwsError} UserNotFoundException */
  get(username: string): User;
  list(): readonly User[];
  remove(username: string): void;
  update(username: string, change: Partial<Pick<User, "status" | "enabled" | "groups">>): User;
  /** @throws {AwsError} InvalidPasswordException */
  setPassword(
    username: string,
    password: string,
    status: "CONFIRMED" | "FORCE_CHANGE_PASSWORD",
  ): Promise<User>;
  checkPassword(username: string, password: string): Promise<PasswordCheck>;
}

interface Account {
  user: User;
  password: PasswordHash;
  passwordSetAtMs: number;
}

const standardAttributes = new Set([
  "address",
  "birthdate",
  "email",
  "email_verified",
  "family_name",
  "gender",
  "given_name",
  "locale",
  "middle_name",
  "name",
  "nickname",
  "phone_number",
  "phone_number_verified",
  "picture",
  "preferred_username",
  "profile",
  "website",
  "zoneinfo",
]);

export function createUsers(clock: Clock): Users {
  const accounts = new Map<string, Account>();
  const account = (username: string): Account => {
    const found = accounts.get(keyOf(username));
    if (!found) throw new AwsError("UserNotFoundException", "User does not exist.");
    return found;
  };
  const update: Users["update"] = (username, change) => {
    const found = account(username);
    found.user = { ...found.user, ...change, modifiedAtMs: clock.now() };
    return found.user;
  };

  return {
    update,
    find: (username) => accounts.get(keyOf(username))?.user,
    findBySub: (sub) => [...accounts.values()].find(({ user }) => user.sub === sub)?.user,
    get: (username) => account(username).user,
    list: () => [...accounts.values()].map(({ user }) => user),
    async add({ username, password, status, attributes }) {
      if (!/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u.test(username)) {
        throw new AwsError(
          "InvalidParameterException",
          "1 validation error detected: Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+",
        );
      }
      requireKnownAttributes(attributes);
      requireAcceptablePassword(password);
      const hashed = await hashPassword(password);
      // Looked up after the await: two calls at once must not both create it.
      if (accounts.has(keyOf(username)))
        throw new AwsError("UsernameExistsException", "User account already exists");
      const nowMs = clock.now();
      const user: User = {
        username: keyOf(username),
        sub: randomUUID(),
        attributes,
        status,
        enabled: true,
        groups: [],
        createdAtMs: nowMs,
        modifiedAtMs: nowMs,
      };
      accounts.set(keyOf(username), { user, password: hashed, passwordSetAtMs: nowMs });
      return user;
    },
    remove(username) {
      account(username);
      accounts.delete(keyOf(username));
    },
    async setPassword(username, password, status) {
      requireAcceptablePassword(password);
      const hashed = await hashPassword(password);
      const found = account(username);
      found.password = hashed;
      found.passwordSetAtMs = clock.now();
      return update(username, { status });
    },
    async checkPassword(username, password) {
      const found = accounts.get(keyOf(username));
      const matches = await passwordMatches(password, found?.password);
      if (!found) return { kind: "refused", why: "no such user" };
      if (!matches) return { kind: "refused", why: "wrong password" };
      const { user, passwordSetAtMs } = found;
      if (!user.enabled) return { kind: "refused", why: "disabled" };
      if (user.status === "UNCONFIRMED") return { kind: "refused", why: "unconfirmed" };
      if (user.status === "CONFIRMED") return { kind: "signed-in", user };
      const validMs = passwordPolicy.TemporaryPasswordValidityDays * 24 * 3600 * 1000;
      const expired = clock.now() >= passwordSetAtMs + validMs;
      return expired
        ? { kind: "refused", why: "temporary password expired" }
        : { kind: "new-password-required", user };
    },
  };
}

function requireKnownAttributes(attributes: ReadonlyMap<string, string>): void {
  for (const [name, value] of attributes) {
    if (!standardAttributes.has(name)) {
      throw new AwsError(
        "InvalidParameterException",
        `Attributes did not conform to the schema: Type for attribute {${name}} could not be determined`,
      );
    }
    if (name === "email" && !/^[^\s@]+@[^\s@]+$/.test(value)) {
      throw new AwsError("InvalidParameterException", "Invalid email address format.");
    }
    if (name.endsWith("_verified") && value !== "true" && value !== "false") {
      throw new AwsError("InvalidParameterException", `${name} must be true or false.`);
    }
  }
}

function keyOf(username: string): string {
  return username.toLowerCase();
}
