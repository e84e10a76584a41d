import { randomUUID } from "node:crypto";

import { AwsError } from "../../json-api/json-service.ts";
import type { Clock } from "../../clock.ts";
import { createLockouts } from "./lockouts.ts";
import {
  hashPassword,
  passwordMatches,
  passwordPolicy,
  requireAcceptablePassword,
} from "./passwords.ts";
import type { PasswordHash } from "./passwords.ts";
import { createSrpVerifier } from "./srp.ts";
import type { SrpVerifier } from "./srp.ts";
import { requireKnownAttributes } from "./user-attributes.ts";

export type UserStatus =
  | "UNCONFIRMED"
  | "CONFIRMED"
  | "FORCE_CHANGE_PASSWORD"
  /** An administrator asked for a new password, by a code. */
  | "RESET_REQUIRED";

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
  | "locked out"
  | "disabled"
  | "unconfirmed"
  | "reset required"
  | "temporary password expired";

/** The outcome of checking a username and a password. `why` is for the terminal; the caller learns less. */
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
  /** What follows an attempt: what the user may do next, a refusal, or a lockout. @param proven with the right password. */
  afterAttempt(username: string, proven: boolean): PasswordCheck;
  srpVerifierOf(username: string): SrpVerifier | undefined;
}

interface Account {
  user: User;
  password: PasswordHash;
  srp: SrpVerifier;
  passwordSetAtMs: number;
}

/** @param poolName the part of the pool's id after the region. */
export function createUsers(clock: Clock, poolName: string): Users {
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

  const admit = (username: string): PasswordCheck => {
    const found = accounts.get(keyOf(username));
    if (!found) return { kind: "refused", why: "no such user" };
    const { user, passwordSetAtMs } = found;
    if (!user.enabled) return { kind: "refused", why: "disabled" };
    if (user.status === "UNCONFIRMED") return { kind: "refused", why: "unconfirmed" };
    if (user.status === "RESET_REQUIRED") return { kind: "refused", why: "reset required" };
    if (user.status === "CONFIRMED") return { kind: "signed-in", user };
    const validMs = passwordPolicy.TemporaryPasswordValidityDays * 24 * 3600 * 1000;
    const expired = clock.now() >= passwordSetAtMs + validMs;
    return expired
      ? { kind: "refused", why: "temporary password expired" }
      : { kind: "new-password-required", user };
  };

  const lockouts = createLockouts(clock);
  const afterAttempt: Users["afterAttempt"] = (username, proven) => {
    const name = keyOf(username);
    if (lockouts.isLocked(name)) return { kind: "refused", why: "locked out" };
    if (proven) {
      lockouts.succeeded(name);
      return admit(username);
    }
    lockouts.failed(name);
    return { kind: "refused", why: accounts.has(name) ? "wrong password" : "no such user" };
  };

  return {
    update,
    afterAttempt,
    srpVerifierOf: (username) => accounts.get(keyOf(username))?.srp,
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
      // People may sign in with their address, so no name may look like one.
      if (/^[^\s@]+@[^\s@]+$/.test(username)) {
        throw new AwsError(
          "InvalidParameterException",
          "Username cannot be of email format, since user pool is configured for email alias.",
        );
      }
      const known = requireKnownAttributes(attributes);
      requireAcceptablePassword(password);
      const hashed = await hashPassword(password);
      // Looked up after the await: two calls at once must not both create it.
      if (accounts.has(keyOf(username)))
        throw new AwsError(
          "UsernameExistsException",
          status === "UNCONFIRMED" ? "User already exists" : "User account already exists",
        );
      const nowMs = clock.now();
      const user: User = {
        username: keyOf(username),
        sub: randomUUID(),
        attributes: known,
        status,
        enabled: true,
        groups: [],
        createdAtMs: nowMs,
        modifiedAtMs: nowMs,
      };
      accounts.set(keyOf(username), {
        user,
        password: hashed,
        srp: createSrpVerifier({ poolName, username: user.username }, password),
        passwordSetAtMs: nowMs,
      });
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
      found.srp = createSrpVerifier({ poolName, username: found.user.username }, password);
      found.passwordSetAtMs = clock.now();
      return update(username, { status });
    },
    async checkPassword(username, password) {
      const stored = accounts.get(keyOf(username))?.password;
      // Judged after the await, in one step: attempts at the same time count one by one.
      return afterAttempt(username, await passwordMatches(password, stored));
    },
  };
}

function keyOf(username: string): string {
  return username.toLowerCase();
}
