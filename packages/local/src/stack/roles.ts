import { edgeRoleName, edgeRolePolicy } from "@sst-gatehouse/blueprint/edge-role";
import type { PolicyDocument } from "@sst-gatehouse/blueprint/policy-document";

import type { Deployment } from "./deployment.ts";
import type { Identities, Identity } from "../aws/iam/identities.ts";

/** Everybody the stack has credentials for. */
export interface Roles {
  /** The guard's own role, with the blueprint's policy and nothing else. */
  readonly edge: Identity;
  /** Another role of the account that may call the Function URL: a service. */
  readonly service: Identity;
  /** A role without any permission. */
  readonly stranger: Identity;
  /** May use the SSM and user pool APIs, and the stack's own. */
  readonly admin: Identity;
  /** New credentials of the guard's role, as each of its execution environments gets them. */
  assumeEdge(): Identity;
}

/** @param expiry when credentials that are made now expire. */
export function createRoles(
  identities: Identities,
  deployment: Deployment,
  expiry: () => number,
): Roles {
  const { app, stage, accountId, region, backends, guardName } = deployment;
  const functionArns = backends.map(({ functionArn }) => functionArn);
  const edgePolicy = edgeRolePolicy({
    functionArns,
    parameterPrefixArn: `arn:aws:ssm:${region}:${accountId}:parameter${deployment.parameterPrefix}`,
    logGroupArn: `arn:aws:logs:*:${accountId}:log-group:${deployment.guardLogGroup}`,
  });
  // Lambda@Edge runs under a session that is named after the function and its home region.
  const assumeEdge = (expiresAtMs?: number): Identity =>
    identities.assumeRole(
      edgeRoleName(app, stage.name, region),
      `us-east-1.${guardName}`,
      [edgePolicy],
      expiresAtMs,
    );
  return {
    edge: assumeEdge(),
    assumeEdge: () => assumeEdge(expiry()),
    service: identities.assumeRole(`${app}-${stage.name}-service`, "batch", [
      callerPolicy(functionArns),
    ]),
    stranger: identities.assumeRole(`${app}-${stage.name}-stranger`, "nobody", []),
    admin: identities.assumeRole(`${app}-${stage.name}-admin`, "you", [adminPolicy]),
  };
}

function callerPolicy(functionArns: readonly string[]): PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "lambda:InvokeFunctionUrl",
        Resource: functionArns,
        Condition: { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } },
      },
      {
        Effect: "Allow",
        Action: "lambda:InvokeFunction",
        Resource: functionArns,
        Condition: { Bool: { "lambda:InvokedViaFunctionUrl": "true" } },
      },
    ],
  };
}

const adminPolicy: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: ["ssm:*", "cognito-idp:*", "gatehouse:*"], Resource: "*" },
  ],
};
