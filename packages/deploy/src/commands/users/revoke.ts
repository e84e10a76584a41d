import { setTimeout } from "node:timers/promises";

import {
  AdminDisableUserCommand,
  AdminGetUserCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { parameterNames, parameterPrefix } from "@sst-gatehouse/blueprint/parameters";
import { stagesOf } from "@sst-gatehouse/blueprint/gate";
import { resolveStage, type Stages } from "@sst-gatehouse/blueprint/stages";

import { explainAwsFailure, orCommandError } from "../../aws-failure.ts";
import { CommandError, type CommandContext } from "../../command.ts";
import { loadStageOutputs } from "../../load-stage-outputs.ts";
import type { UserPool } from "../user-pool.ts";
import { verifyUserPool } from "../verify-user-pool.ts";
import { awsClock } from "./aws-clock.ts";
import { createRevocationList } from "./revocation-list.ts";
import { parseRevocationRequest, type RevocationRequest } from "./revocation-request.ts";
import { signOutEverybody } from "./sign-out-everybody.ts";
import { requireStackHere } from "./stack-here.ts";

export type { RevocationRequest } from "./revocation-request.ts";

/** `users revoke`: ends sign-ins before their tokens expire. @returns the exit code */
export async function revokeSignIns(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { name, region } = context.gate.app;
  const request = parseRevocationRequest(args, name);
  if (request.stage === undefined) requireStackHere(context.env);
  return revokeInStage(request, {
    context,
    ssm: new SSMClient({ region }),
    cognito: new CognitoIdentityProviderClient({ region }),
    wait: setTimeout,
  });
}

export interface RevokeDeps {
  readonly context: CommandContext;
  /** Clients for the home region. */
  readonly ssm: SSMClient;
  readonly cognito: CognitoIdentityProviderClient;
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<unknown>;
}

/**
 * Writes the list, then signs out at Cognito, then writes the list once more.
 *
 * The list comes first, because an access token would otherwise stay valid until it expires. It comes once more, because
 * Cognito may give a refreshed token a new sign-in time: one that was got between the two is covered by the later time,
 * and afterwards no refresh token is left to get another by. A user is disabled before all that, so that no sign-in can
 * come after the time in the list.
 *
 * @returns the exit code: 1 when the sign-in is ended here, but Cognito was not told.
 * @throws {CommandError} (rejects) when it is not certain that anything was ended.
 */
export async function revokeInStage(
  request: RevocationRequest,
  { context, ssm, cognito, wait }: RevokeDeps,
): Promise<number> {
  const { stdout, stderr, gate } = context;
  const { app } = gate;
  if (request.stage !== undefined) requireReaders(stagesOf(gate), request.stage);
  const now = awsClock(ssm);
  const stage =
    request.stage === undefined ? "the stack on this machine" : `stage ${request.stage}`;
  const prefix = parameterPrefix(app.name, request.stage ?? "local");
  const list = createRevocationList({
    ssm,
    name: `${prefix}/${parameterNames.revoked}`,
    stage,
    now,
  });

  const pool = () => findPool(request, prefix, { context, ssm, cognito });
  if (request.username === undefined) {
    const { userPoolId, client } = await pool();
    const first = await list.add("everybody");
    stdout.write(`Everybody is signed out of ${stage}, machines too. ${promise(first)}\n`);
    try {
      const count = await signOutEverybody(client, userPoolId, {
        onProgress: (done) => stderr.write(`${done} users signed out at Cognito so far\n`),
        wait,
      });
      stdout.write(`${count} users are signed out at Cognito, too.\n`);
    } catch (error) {
      stderr.write(stillRefreshing(error));
      return 1;
    }
    const time = await list.add("everybody");
    stdout.write(
      `Who signed in while this command ran is signed out as well: up to ${instant(time)}. From now on everybody may sign in again. To lock somebody out, name the user and add --disable.\n`,
    );
    return 0;
  }

  const { userPoolId, client } = await pool();
  const { username, sub } = await findUser({ userPoolId, client }, request.username, stage);
  const user = { UserPoolId: userPoolId, Username: username };
  await list.requireRoom({ sub });
  if (request.disable) {
    await orCommandError(
      `${username} could not be disabled, and nothing was changed`,
      client.send(new AdminDisableUserCommand(user)),
    );
    stdout.write(`${username} is disabled in ${stage}: no sign-in works any more.\n`);
  }
  const first = await list.add({ sub });
  try {
    await client.send(new AdminUserGlobalSignOutCommand(user));
  } catch (error) {
    stdout.write(`${username} is signed out of ${stage}. ${promise(first)}\n`);
    stderr.write(stillRefreshing(error));
    return 1;
  }
  const time = await list.add({ sub });
  stdout.write(`${username} is signed out of ${stage}. ${promise(time)}\n`);
  if (!request.disable) {
    stdout.write(
      `Anybody with the password can sign in again; for up to an hour, so can a browser that still has the hosted sign-in's cookie. Only --disable is a sure lock-out.\n`,
    );
  }
  return 0;
}

/** @throws {CommandError} when nothing in the stage reads the list: its parameter is there all the same. */
function requireReaders(stages: Stages, stage: string): void {
  if (resolveStage(stages, stage).revocation === "off") {
    throw new CommandError(
      `stages.ts says revocation: "off" for stage ${stage}, so nothing reads the list, and a token is valid until it expires. Nothing was changed. To end sign-ins, choose "refuse" or "allow" there, deploy, and run the command again.`,
    );
  }
}

function stillRefreshing(error: unknown): string {
  return `But Cognito still accepts refresh tokens: ${explainAwsFailure(error)} In some accounts a token that they renew counts as a new sign-in. To finish, run the command again.\n`;
}

function instant(time: number): string {
  return new Date(time * 1000).toISOString().replace(".000", "");
}

function promise(time: number): string {
  return `Within 60 seconds all tokens from sign-ins up to ${instant(time)} are refused; it can take longer only if the stage has revocation: "allow" and Parameter Store cannot be reached.`;
}

/** A deployed stage's pool has to be the stage's own; the stack on this machine has one. */
async function findPool(
  { stage }: RevocationRequest,
  prefix: string,
  { context, ssm, cognito }: Omit<RevokeDeps, "wait">,
): Promise<UserPool> {
  const { name: app, region } = context.gate.app;
  if (stage !== undefined) {
    const outputs = await loadStageOutputs({ app, stage, region, ssm });
    return verifyUserPool(context.gate, stage, outputs, cognito);
  }
  const { Parameter } = await orCommandError(
    "The stack on this machine does not answer",
    ssm.send(new GetParameterCommand({ Name: `${prefix}/${parameterNames.outputs}` })),
  );
  const userPoolId: unknown = Object(JSON.parse(Parameter?.Value ?? "{}")).userPoolId;
  if (typeof userPoolId !== "string")
    throw new CommandError("The stack on this machine does not say what its user pool is.");
  return { userPoolId, region, client: cognito };
}

async function findUser(
  { userPoolId, client }: Pick<UserPool, "userPoolId" | "client">,
  username: string,
  stage: string,
): Promise<{ readonly username: string; readonly sub: string }> {
  try {
    const found = await client.send(
      new AdminGetUserCommand({ UserPoolId: userPoolId, Username: username }),
    );
    const sub = found.UserAttributes?.find(({ Name }) => Name === "sub")?.Value;
    if (sub === undefined) throw new CommandError(`Cognito knows ${username}, but not its sub.`);
    // Given an e-mail address, Cognito finds a user with another name; what follows is about that user.
    return { username: found.Username ?? username, sub };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if (error instanceof Error && error.name === "UserNotFoundException") {
      throw new CommandError(
        `There is no user ${username} in ${stage}. Nothing was changed. People who sign in through a company are called <provider>_<their id>.`,
      );
    }
    throw new CommandError(
      `${username} cannot be looked up in ${stage}: ${explainAwsFailure(error)} Nothing was changed.`,
      { cause: error },
    );
  }
}
