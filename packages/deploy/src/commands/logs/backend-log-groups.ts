import type { LambdaClient } from "@aws-sdk/client-lambda";

import { createFunctionReads } from "../doctor/reads/read-functions.ts";
import { createReader } from "../doctor/reads/reader.ts";

export interface FunctionLog {
  /** Of the function. */
  readonly name: string;
  readonly group: string;
}

/**
 * The log groups of the functions that are tagged as the stage's.
 *
 * @param lambda a client for the home region.
 * @returns a text in their place where they cannot be listed: why.
 */
export async function backendLogGroups(
  lambda: LambdaClient,
  app: string,
  stage: string,
): Promise<readonly FunctionLog[] | string> {
  const reader = createReader();
  const reads = createFunctionReads(reader, lambda);
  try {
    const groups: FunctionLog[] = [];
    for (const arn of await reads.ofStage(app, stage)) {
      const found = await reads.configuration(arn);
      const { FunctionName: name = arn, LoggingConfig } = found ?? {};
      groups.push({ name, group: LoggingConfig?.LogGroup ?? `/aws/lambda/${name}` });
    }
    return groups;
  } catch (error) {
    const [failure] = reader.failures();
    if (failure?.problem == null) throw error;
    return failure.problem;
  }
}
