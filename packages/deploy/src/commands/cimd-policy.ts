import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

import { shellWord } from "./shell-word.ts";

/** Whose policy it is: what a deploy has made of a stage. */
export interface CimdPolicyOwner {
  readonly app: string;
  readonly stage: Pick<Stage, "name" | "cimdUrlPatterns">;
  readonly outputs: Pick<StageOutputs, "region" | "userPoolId" | "clients">;
}

/** What Cognito takes for a policy's name. */
const maxNameCharacters = 32;

/**
 * The command that makes Cognito's CIMD policy for a stage, as one line: SST's provider does not know the policy.
 *
 * @returns undefined for a stage that takes no documents of clients.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateCIMDPolicy.html
 */
export function createCimdPolicyCommand(owner: CimdPolicyOwner): string | undefined {
  const { app, stage, outputs } = owner;
  const clientId = outputs.clients.spa?.id;
  if (stage.cimdUrlPatterns.length === 0 || clientId === undefined) return undefined;
  const name = `${app}-${stage.name}`.slice(0, maxNameCharacters);
  return `${command("create", owner)} --client-id ${clientId} --policy-name ${name} --url-patterns ${patternsOf(owner)}`;
}

/** The command that gives a policy the stage's client and patterns. @param id of the policy. */
export function updateCimdPolicyCommand(owner: CimdPolicyOwner, id: string): string {
  const clientId = owner.outputs.clients.spa?.id ?? "";
  return `${command("update", owner)} --cimd-policy-id ${shellWord(id)} --client-id ${clientId} --url-patterns ${patternsOf(owner)}`;
}

/** @param id of the policy. */
export function deleteCimdPolicyCommand(owner: CimdPolicyOwner, id: string): string {
  return `${command("delete", owner)} --cimd-policy-id ${shellWord(id)}`;
}

function command(verb: string, { outputs: { region, userPoolId } }: CimdPolicyOwner): string {
  return `aws cognito-idp ${verb}-cimd-policy --region ${region} --user-pool-id ${userPoolId}`;
}

function patternsOf({ stage }: CimdPolicyOwner): string {
  return stage.cimdUrlPatterns.map(shellWord).join(" ");
}
