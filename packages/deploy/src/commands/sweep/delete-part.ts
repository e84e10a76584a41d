import { DeleteFunctionCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { DeleteParametersCommand, type SSMClient } from "@aws-sdk/client-ssm";

import { explainAwsFailure } from "../../aws-failure.ts";
import type { GuardPart, ParametersPart } from "./plan-sweep.ts";

/** What came of deleting one part. */
export type Deletion =
  | { readonly kind: "deleted" }
  /** AWS still has replicas of it. */
  | { readonly kind: "held" }
  | { readonly kind: "failed"; readonly why: string };

/** Deletes parameters; those that are gone already are no failure. */
export async function deleteParameters(
  ssm: SSMClient,
  { parameters }: ParametersPart,
): Promise<Deletion> {
  try {
    await ssm.send(new DeleteParametersCommand({ Names: [...parameters] }));
  } catch (error) {
    return { kind: "failed", why: explainAwsFailure(error) };
  }
  return { kind: "deleted" };
}

/** Deletes a whole function, or one version when the part names one. */
export async function deletePart(
  lambda: LambdaClient,
  { functionName, version }: GuardPart,
): Promise<Deletion> {
  try {
    await lambda.send(
      new DeleteFunctionCommand({
        FunctionName: functionName,
        ...(version === undefined ? {} : { Qualifier: String(version) }),
      }),
    );
  } catch (error) {
    if (!(error instanceof Error)) return { kind: "failed", why: String(error) };
    if (error.name === "ResourceNotFoundException") return { kind: "deleted" };
    const held =
      error.name === "InvalidParameterValueException" &&
      error.message.includes("replicated function");
    return held ? { kind: "held" } : { kind: "failed", why: explainAwsFailure(error) };
  }
  return { kind: "deleted" };
}
