import { GetParametersCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { parameterNames, parameterPrefix } from "@sst-gatehouse/blueprint/parameters";
import { revocationPageNames } from "@sst-gatehouse/blueprint/revocations";

import { nameOfFunction, stageOfGuard } from "./guard-name.ts";

/** Which guard a stage uses, as its last deploy wrote it down. */
export type StageGuard =
  | { readonly kind: "live"; readonly functionArn: string; readonly version: number }
  /** Nothing that a deploy writes is left in Parameter Store. */
  | {
      readonly kind: "removed";
      /** Parameters of a long list of ended sign-ins: `users revoke` made them, so no removal knows of them. */
      readonly leftParameters: readonly string[];
    }
  /** Unclear, so the whole stage is left alone. */
  | { readonly kind: "unclear"; readonly why: string };

/** Reads which version of the guard a stage uses. */
export async function loadStageGuard(
  ssm: SSMClient,
  app: string,
  stage: string,
): Promise<StageGuard> {
  const prefix = parameterPrefix(app, stage);
  const guard = `${prefix}/${parameterNames.guard}`;
  const outputs = `${prefix}/${parameterNames.outputs}`;
  const { Parameters = [], InvalidParameters = [] } = await ssm.send(
    new GetParametersCommand({ Names: [guard, outputs] }),
  );
  const value = Parameters.find(({ Name }) => Name === guard)?.Value;
  if (value !== undefined) return parseStageGuard(app, stage, value, guard);
  // AWS must report both as missing: an answer that says nothing about one of them does not mean a removed stage.
  const gone = [guard, outputs].every((name) => InvalidParameters.includes(name));
  if (gone)
    return {
      kind: "removed",
      leftParameters: await leftOfList(ssm, `${prefix}/${parameterNames.revoked}`),
    };
  return { kind: "unclear", why: `the stage is deployed, but there is no parameter ${guard}` };
}

/** @param first of the list, which a deploy makes. While it is there, the others are its. */
async function leftOfList(ssm: SSMClient, first: string): Promise<readonly string[]> {
  const names = revocationPageNames(first);
  const { Parameters = [], InvalidParameters = [] } = await ssm.send(
    new GetParametersCommand({ Names: [...names] }),
  );
  return InvalidParameters.includes(first)
    ? names.filter((name) => Parameters.some(({ Name }) => Name === name))
    : [];
}

function parseStageGuard(app: string, stage: string, value: string, parameter: string): StageGuard {
  const [, functionArn = "", version = ""] = /^(.{1,200}):([1-9]\d{0,8})$/.exec(value) ?? [];
  const name = nameOfFunction(functionArn);
  if (name === undefined || stageOfGuard(app, name) !== stage)
    return { kind: "unclear", why: `${parameter} does not name a version of the stage's guard` };
  return { kind: "live", functionArn, version: Number(version) };
}

export function sameGuard(a: StageGuard, b: StageGuard): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
