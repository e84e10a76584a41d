import { accountWideName } from "./account-wide-name.ts";
import { parameterNames } from "./parameters.ts";
import type { PolicyDocument } from "./policy-document.ts";

/**
 * The fixed name of the role that the guard signs with; the backend believes this role and no other. IAM takes 64
 * characters: `checkStageName` leaves room.
 */
export function edgeRoleName(app: string, stage: string, region: string): string {
  return `${accountWideName(app, stage, region)}-guard`;
}

/** Who may assume the role: Lambda and Lambda@Edge, nobody else (not the account's root either). */
export const edgeRoleTrust = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] },
    },
  ],
} as const;

export interface EdgeRoleResources {
  /** The backends, `arn:aws:lambda:<region>:<account>:function:<name>`. */
  readonly functionArns: readonly string[];
  /** The stage's parameters, `arn:aws:ssm:<region>:<account>:parameter/<prefix>`, without a trailing slash. */
  readonly parameterPrefixArn: string;
  /** The guard's log group in all regions, `arn:aws:logs:*:<account>:log-group:<name>`. */
  readonly logGroupArn: string;
}

/**
 * What the guard may do, and nothing wider.
 *
 * Two statements for the two actions, because each condition key exists for one of them only: a single statement with
 * `lambda:FunctionUrlAuthType` would never allow `lambda:InvokeFunction`. Without `lambda:InvokedViaFunctionUrl` the
 * role could call the Invoke API with a forged event.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export function edgeRolePolicy({
  functionArns,
  parameterPrefixArn,
  logGroupArn,
}: EdgeRoleResources): PolicyDocument {
  const below = (name: string): string => `${parameterPrefixArn}/${name}`;
  const { client, jwks, revoked, clientSecret } = parameterNames;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "CallTheFunctionUrl",
        Effect: "Allow",
        Action: "lambda:InvokeFunctionUrl",
        Resource: functionArns,
        Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
      },
      {
        Sid: "InvokeThroughTheUrlOnly",
        Effect: "Allow",
        Action: "lambda:InvokeFunction",
        Resource: functionArns,
        Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
      },
      {
        Sid: "ReadItsOwnSettings",
        Effect: "Allow",
        Action: "ssm:GetParameters",
        Resource: [client("*"), jwks, revoked, `${revoked}/*`].map(below),
      },
      {
        // A SecureString under the account's own key, which any principal of the account may use through Parameter Store.
        Sid: "ReadTheClientSecret",
        Effect: "Allow",
        Action: "ssm:GetParameters",
        Resource: below(clientSecret),
      },
      {
        Sid: "WriteItsLog",
        Effect: "Allow",
        Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: [logGroupArn, `${logGroupArn}:*`],
      },
    ],
  };
}
