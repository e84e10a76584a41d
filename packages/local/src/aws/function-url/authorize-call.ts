import { evaluate } from "../iam/evaluate.ts";
import type { IamRequest } from "../iam/evaluate.ts";
import type { Identity } from "../iam/identities.ts";
import { forbidden } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";

/**
 * Asks IAM the two questions that a Function URL of type AWS_IAM asks for every call; both must be allowed.
 *
 * Each question carries only the condition keys that AWS defines for its action: `lambda:FunctionUrlAuthType` does not
 * exist for `lambda:InvokeFunction`, nor `lambda:InvokedViaFunctionUrl` for `lambda:InvokeFunctionUrl`.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
 */
export function authorizeCall(
  identity: Identity,
  { accountId, functionArn }: { readonly accountId: string; readonly functionArn: string },
): Refusal | undefined {
  if (identity.accountId !== accountId) {
    return forbidden(
      `${identity.arn} belongs to another account, which would also need a resource policy; the function has none`,
    );
  }
  const questions: IamRequest[] = [
    {
      action: "lambda:InvokeFunctionUrl",
      resource: functionArn,
      context: {
        ...globalKeys(identity),
        "lambda:FunctionUrlAuthType": "AWS_IAM",
        "lambda:FunctionArn": functionArn,
      },
    },
    {
      action: "lambda:InvokeFunction",
      resource: functionArn,
      context: { ...globalKeys(identity), "lambda:InvokedViaFunctionUrl": "true" },
    },
  ];
  const denied = questions.flatMap((question) => {
    const { allowed, reasons } = evaluate(identity.policies, question);
    return allowed ? [] : [{ action: question.action, reasons }];
  });
  if (denied.length === 0) return undefined;
  const actions = denied.map(
    ({ action, reasons }) => `${action} (${reasons.filter(isTelling).join("; ")})`,
  );
  return forbidden(
    `${identity.arn} may not ${actions.join(" nor ")} on ${functionArn}`,
    denied.flatMap(({ action, reasons }) => reasons.map((reason) => `${action}: ${reason}`)),
  );
}

/** Statements about other actions explain nothing, unless there is nothing else. */
function isTelling(reason: string, _index: number, reasons: readonly string[]): boolean {
  return !isAboutOthers(reason) || reasons.every(isAboutOthers);
}

function isAboutOthers(reason: string): boolean {
  return reason.endsWith("is about other actions");
}

function globalKeys({ arn, accountId, userId }: Identity): Record<string, string> {
  return {
    "aws:PrincipalArn": arn.replace(
      /^arn:aws:sts::(\d+):assumed-role\/([^/]+)\/.*$/,
      "arn:aws:iam::$1:role/$2",
    ),
    "aws:PrincipalAccount": accountId,
    "aws:userid": userId,
    "aws:SecureTransport": "true",
  };
}
