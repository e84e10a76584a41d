import { evaluateConfig } from "@sst-gatehouse/deploy/evaluate-config";
import type { Graph } from "@sst-gatehouse/deploy/graph";
import { startStack, type Stack, type StackOptions } from "@sst-gatehouse/local/stack";
import { accountFrom } from "@sst-gatehouse/local/test/account-from-graph";
import { type PlayedAccount, startAccount } from "@sst-gatehouse/local/test/played-account";

import { sample } from "../sample/sample.ts";
import type { RepositoryCopy } from "../support/repository-copy.ts";
import { asPlayed } from "./as-played.ts";
import { builtOnce } from "./built.ts";
import { playStage, type PlayedStage, putStageParameters } from "./played-stage.ts";

/** A stack that looks like a deployed stage, and the AWS account that it would be in. */
export interface StageInAccount {
  readonly stack: Stack;
  readonly played: PlayedStage;
  readonly account: PlayedAccount;
  /** What a deploy would make, with the played stage's addresses. */
  readonly graph: Graph;
  close(): Promise<void>;
}

export interface StageInAccountOptions extends Pick<StackOptions, "account"> {
  /** Users and parameters are the stack's, where people sign in; everything else is the played account's. */
  readonly withUsers?: boolean;
}

/** By their stages: every copy has the sample's app. */
const graphs = new Map<string, Promise<Graph>>();

async function evaluated({ root }: RepositoryCopy, stage: string): Promise<Graph> {
  const evaluation = await evaluateConfig({ root, stage });
  await evaluation.dispose();
  return evaluation.graph;
}

/** @param copy whose commands are for the sample's app. */
export async function playStageInAccount(
  copy: RepositoryCopy,
  stage: string,
  { withUsers = false, ...options }: StageInAccountOptions = {},
): Promise<StageInAccount> {
  const stack = await startStack({
    project: sample,
    codeSource: builtOnce,
    port: 0,
    explain: () => undefined,
    unbaked: ["clients"],
    ...options,
  });
  const played = await playStage(stack, stage);
  const deployed = graphs.get(stage) ?? evaluated(copy, stage);
  graphs.set(stage, deployed);
  const graph = asPlayed(await deployed, stack);
  const { admin } = stack.outputs.credentials;
  const account = await startAccount(accountFrom(graph), ...(withUsers ? [admin] : []));
  if (withUsers) await putStageParameters(stack.outputs, account.state);
  return {
    stack,
    played,
    account,
    graph,
    async close() {
      await account.close();
      await played.close();
      await stack.close();
    },
  };
}
