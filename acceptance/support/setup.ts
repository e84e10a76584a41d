import { appendFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";

import { startCommand } from "./command.ts";
import { secretsOfCommand } from "./leaks.ts";
import { signIn } from "./oauth.ts";
import { startRecording } from "./recordings.ts";
import { copyRepository } from "./repository-copy.ts";
import type { DeployedTarget, Target } from "./target.ts";

/**
 * Starts the stack as a user does, by its command and with the suite's own sample of what an adopter writes. Or takes
 * the chain that `GATEHOUSE_TARGET` names: a file with what `start --json` printed, or a deployed stage with its users.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const { targetFile, terminalFile, secretsFile, answersFile } = startRecording();
  const given = process.env["GATEHOUSE_TARGET"];
  if (given !== undefined) {
    const target: Target | DeployedTarget = JSON.parse(readFileSync(given, "utf8"));
    writeFileSync(targetFile, JSON.stringify(await withTokens(target)));
    return async () => undefined;
  }
  const copy = copyRepository();
  const stack = await startCommand(copy.root, (text) => appendFileSync(terminalFile, text));
  writeFileSync(targetFile, JSON.stringify(stack.target));
  const secrets = await secretsOfCommand(stack.target, stack.child.pid ?? 0);
  writeFileSync(secretsFile, JSON.stringify(secrets));
  // The answer with the guard's own secret is not part of the run.
  rmSync(answersFile, { force: true });
  return async () => {
    await stack.stop();
    copy.remove();
  };
}

/** Signs in as the first user, where the tokens are not given. */
async function withTokens(target: Target | DeployedTarget): Promise<object> {
  if ("tokens" in target) return target;
  const [user] = target.users;
  if (user === undefined) throw new TypeError("the target has no user to sign in as");
  return { ...target, tokens: await signIn(target, user) };
}
