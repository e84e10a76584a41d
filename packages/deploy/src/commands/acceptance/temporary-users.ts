import { randomBytes } from "node:crypto";
import type { Writable } from "node:stream";

import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminSetUserPasswordCommand,
  paginateListUsers,
  UserNotFoundException,
} from "@aws-sdk/client-cognito-identity-provider";

import { explainAwsFailure, orCommandError } from "../../aws-failure.ts";
import { CommandError } from "../../command.ts";
import type { UserPool } from "../user-pool.ts";

export interface TemporaryUser {
  readonly username: string;
  readonly password: string;
  readonly groups: readonly string[];
}

/** Begins the name of every user that a command makes for itself; then come the second it was made in and a random part. */
const prefix = "gatehouse-acceptance-";
const temporaryName = new RegExp(`^${prefix}(\\d{10})-[0-9a-f]{10}-\\w+$`);

/** Older than any run: the run that created it was killed. */
const abandonedAfterSeconds = 3600;

/** The last part of a user's name, and the groups. */
export type WantedUser = readonly [kind: string, groups: readonly string[]];

/**
 * Makes users, and deletes them when `use` is done, however it ends.
 *
 * @param whose what needs them, for messages.
 * @throws {CommandError} (rejects) when a user cannot be made, or is left over; the message names it, never a password.
 */
export async function withTemporaryUsers<T>(
  pool: UserPool,
  stage: string,
  whose: string,
  wanted: readonly WantedUser[],
  use: (users: readonly TemporaryUser[]) => Promise<T>,
): Promise<T> {
  const users = wanted.map(newUser);
  try {
    for (const user of users) {
      await orCommandError(
        `No user for ${whose} could be created in stage ${stage}`,
        createUser(pool, user),
      );
    }
    return await use(users);
  } finally {
    await clearAway(pool, stage, whose, users);
  }
}

async function clearAway(
  pool: UserPool,
  stage: string,
  whose: string,
  users: readonly TemporaryUser[],
): Promise<void> {
  const names = users.map(({ username }) => username);
  const failures = await deleteUsers(pool, names);
  if (failures.length === 0) return;
  throw new CommandError(
    `What was created for ${whose} could not be deleted from stage ${stage}; delete them by hand: ${failures.join("; ")}`,
  );
}

/**
 * Deletes what runs that were killed have left.
 *
 * @throws {CommandError} (rejects) when the pool's users cannot be listed.
 */
export async function sweepUsers(pool: UserPool, stage: string, stderr: Writable): Promise<void> {
  const names = await orCommandError(
    `The users of stage ${stage} cannot be listed`,
    listNames(pool),
  );
  const left = names.filter(isAbandoned);
  if (left.length === 0) return;
  const failures = await deleteUsers(pool, left);
  stderr.write(`Deleted users left by earlier runs: ${left.length - failures.length}.\n`);
  if (failures.length > 0) stderr.write(`These could not be deleted: ${failures.join("; ")}\n`);
}

function newUser([kind, groups]: WantedUser): TemporaryUser {
  const seconds = Math.floor(Date.now() / 1000);
  return {
    username: `${prefix}${seconds}-${randomBytes(5).toString("hex")}-${kind}`,
    // A letter of each case, a digit and a symbol, as Cognito's default policy asks for.
    password: `Acc-7${randomBytes(24).toString("base64url")}`,
    groups,
  };
}

function isAbandoned(username: string): boolean {
  const [, seconds] = temporaryName.exec(username) ?? [];
  return seconds !== undefined && Date.now() / 1000 - Number(seconds) > abandonedAfterSeconds;
}

async function createUser(
  { userPoolId: UserPoolId, client }: UserPool,
  { username: Username, password: Password, groups }: TemporaryUser,
): Promise<void> {
  await client.send(
    new AdminCreateUserCommand({ UserPoolId, Username, MessageAction: "SUPPRESS" }),
  );
  await client.send(
    new AdminSetUserPasswordCommand({ UserPoolId, Username, Password, Permanent: true }),
  );
  for (const GroupName of groups)
    await client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName }));
}

/** @returns the names that are still there, each with the reason. */
async function deleteUsers(
  { userPoolId: UserPoolId, client }: UserPool,
  names: readonly string[],
): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const Username of names) {
    try {
      await client.send(new AdminDeleteUserCommand({ UserPoolId, Username }));
    } catch (error) {
      if (error instanceof UserNotFoundException) continue;
      failures.push(`${Username} (${explainAwsFailure(error)})`);
    }
  }
  return failures;
}

async function listNames({ userPoolId: UserPoolId, client }: UserPool): Promise<readonly string[]> {
  const names: string[] = [];
  const pages = paginateListUsers({ client }, { UserPoolId, Filter: `username ^= "${prefix}"` });
  for await (const { Users = [] } of pages)
    names.push(...Users.flatMap(({ Username }) => Username ?? []));
  return names;
}
