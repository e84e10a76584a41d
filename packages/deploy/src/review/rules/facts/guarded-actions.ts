import { parameterPrefix } from "@sst-gatehouse/blueprint/parameters";

import { accountOf } from "./aws-account.ts";
import { backendArns } from "./backend-arns.ts";
import type { Chain } from "./chain.ts";
import { attributeOf } from "../../../dry-run/graph/resource-values.ts";

/** An action that no policy of the stage may allow, but for the guard's own. */
export interface GuardedAction {
  /** `invoke-granted` on a function, `impersonation-granted` on what decides who somebody is. */
  readonly rule: "invoke-granted" | "impersonation-granted";
  /** As IAM writes it. */
  readonly action: string;
  /** An ARN, or a pattern. */
  readonly resource: string;
  /** What whoever may do this could do. */
  readonly danger: string;
}

/** The actions with one danger, by what the danger is. */
type Dangers = Readonly<Record<string, readonly string[]>>;

const onBackend: Dangers = {
  "call the backend past the guard": [
    "lambda:InvokeFunctionUrl",
    "lambda:InvokeFunction",
    "lambda:InvokeAsync",
  ],
  "open the backend to anybody": ["lambda:AddPermission"],
  "unlock the Function URL": ["lambda:UpdateFunctionUrlConfig", "lambda:CreateFunctionUrlConfig"],
  "replace the backend's code": ["lambda:UpdateFunctionCode", "lambda:PublishVersion"],
  "make the backend believe another role, or run other code before its own": [
    "lambda:UpdateFunctionConfiguration",
  ],
};

const onGuard: Dangers = {
  "run its own code as the guard's role": [
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "lambda:PublishVersion",
  ],
  "have requests signed that never came through CloudFront": [
    "lambda:InvokeFunction",
    "lambda:InvokeAsync",
    "lambda:AddPermission",
    "lambda:CreateFunctionUrlConfig",
  ],
};

const onGuardRole: Dangers = {
  "act as the guard and speak for every user": [
    "iam:PassRole",
    "sts:AssumeRole",
    "iam:UpdateAssumeRolePolicy",
  ],
  "widen what the guard may do": ["iam:PutRolePolicy", "iam:AttachRolePolicy"],
};

const onParameters: Dangers = {
  "name an app client that the guard would trust": ["ssm:PutParameter"],
  "make the guard refuse everybody": ["ssm:DeleteParameter", "ssm:DeleteParameters"],
};

const onUserPool: Dangers = {
  "make users, or sign in as any of them": [
    "cognito-idp:AdminConfirmSignUp",
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminEnableUser",
    "cognito-idp:AdminInitiateAuth",
    "cognito-idp:AdminLinkProviderForUser",
    "cognito-idp:AdminResetUserPassword",
    "cognito-idp:AdminRespondToAuthChallenge",
    "cognito-idp:AdminSetUserMFAPreference",
    "cognito-idp:AdminSetUserPassword",
    "cognito-idp:AdminSetUserSettings",
    "cognito-idp:CreateUserImportJob",
    "cognito-idp:StartUserImportJob",
  ],
  "put anybody into any group": ["cognito-idp:AdminAddUserToGroup"],
  "take over an account by its e-mail address": ["cognito-idp:AdminUpdateUserAttributes"],
  "read or set the secret of an app client, and be that machine": [
    "cognito-idp:AddUserPoolClientSecret",
    "cognito-idp:DescribeUserPoolClient",
    "cognito-idp:ListUserPoolClientSecrets",
  ],
  "open an app client to sign-ins that nobody checked": [
    "cognito-idp:CreateUserPoolClient",
    "cognito-idp:UpdateUserPoolClient",
  ],
  "open sign-up, or have its own code write the pool's tokens": [
    "cognito-idp:UpdateUserPool",
    "cognito-idp:SetUserPoolMfaConfig",
  ],
  "sign in as anybody through its own identity provider": [
    "cognito-idp:CreateIdentityProvider",
    "cognito-idp:UpdateIdentityProvider",
    "cognito-idp:DescribeIdentityProvider",
  ],
};

const onDistribution: Dangers = {
  "take the guard off the distribution, or put another in its place": [
    "cloudfront:UpdateDistribution",
    "cloudfront:UpdateDistributionWithStagingConfig",
  ],
};

/** What the actions are about, by ARN. */
export interface GuardedResources {
  readonly backends: readonly string[];
  /** Without a version. */
  readonly guard: string;
  readonly guardRole: string;
  /** The stage's parameters, as a pattern. */
  readonly parameters: string;
  readonly userPool: string;
  readonly distribution: string;
}

/** Everything that amounts to calling the backend unseen, or to being somebody else. */
export function guardedActionsOn(guarded: GuardedResources): readonly GuardedAction[] {
  return [
    ...guarded.backends.flatMap((one) => actionsOn("invoke-granted", one, onBackend)),
    ...actionsOn("invoke-granted", guarded.guard, onGuard),
    ...actionsOn("impersonation-granted", guarded.guardRole, onGuardRole),
    ...actionsOn("impersonation-granted", guarded.parameters, onParameters),
    ...actionsOn("impersonation-granted", guarded.userPool, onUserPool),
    ...actionsOn("impersonation-granted", guarded.distribution, onDistribution),
  ];
}

/** The same for the stage of a graph. */
export function guardedActions(chain: Chain): readonly GuardedAction[] {
  const { graph, backend, guard, guardRole, users, distribution } = chain;
  const { partition, id } = accountOf(backend);
  const arn = (service: string, region: string, rest: string) =>
    `arn:${partition}:${service}:${region}:${id}:${rest}`;
  const prefix = parameterPrefix(graph.app, graph.stage);
  return guardedActionsOn({
    backends: [...new Set([attributeOf(backend, "arn"), ...backendArns(chain)])],
    guard: attributeOf(guard, "arn"),
    guardRole: attributeOf(guardRole, "arn"),
    parameters: arn("ssm", graph.region, `parameter${prefix}/*`),
    userPool: arn("cognito-idp", graph.region, `userpool/${users.id}`),
    distribution: arn("cloudfront", "", `distribution/${attributeOf(distribution, "id")}`),
  });
}

function actionsOn(
  rule: GuardedAction["rule"],
  resource: string,
  dangers: Dangers,
): readonly GuardedAction[] {
  return Object.entries(dangers).flatMap(([danger, actions]) =>
    actions.map((action) => ({ rule, action, resource, danger })),
  );
}
