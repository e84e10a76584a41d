import type { Clock } from "../../clock.ts";
import type { Operation } from "../../json-api/json-service.ts";
import { createRequestBucket } from "../../json-api/request-bucket.ts";

/**
 * Requests a second that a new account has for each category of operations, all pools together.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
const categories: readonly (readonly [perSecond: number, operations: readonly string[]])[] = [
  // AWS's page does not place the renewal, and at the token endpoint it counts as a sign-in:
  // https://repost.aws/questions/QUFRuNyMQ_RVu3KimZTSc4Zw/cognito-token-endpoint-quotas
  [120, ["InitiateAuth", "AdminInitiateAuth", "GetTokensFromRefreshToken"]],
  // Challenges are counted apart, three for each sign-in.
  [360, ["RespondToAuthChallenge", "AdminRespondToAuthChallenge"]],
  [50, ["AdminConfirmSignUp", "AdminCreateUser", "SignUp"]],
  [
    30,
    ["AdminResetUserPassword", "AdminSetUserPassword", "ConfirmForgotPassword", "ForgotPassword"],
  ],
  [120, ["AdminGetUser", "GetUser"]],
  [
    25,
    [
      "AdminAddUserToGroup",
      "AdminDeleteUser",
      "AdminDisableUser",
      "AdminEnableUser",
      "AdminRemoveUserFromGroup",
      "AdminUpdateUserAttributes",
      "AdminUserGlobalSignOut",
      "GlobalSignOut",
    ],
  ],
  [120, ["RevokeToken"]],
  [50, ["AdminListGroupsForUser"]],
  [30, ["ListUsers", "ListUsersInGroup"]],
  [15, ["DescribeUserPool"]],
  [15, ["UpdateUserPool"]],
  [20, ["GetGroup", "ListGroups", "ListTagsForResource"]],
  [15, ["CreateGroup", "DeleteGroup", "TagResource", "UntagResource"]],
  [15, ["DescribeUserPoolClient", "ListUserPoolClients", "ListUserPoolClientSecrets"]],
  [15, ["AddUserPoolClientSecret", "CreateUserPoolClient", "DeleteUserPoolClientSecret"]],
];

/**
 * The same operations, each of which may be throttled.
 *
 * @throws {TypeError} for an operation without a category: it would never be throttled.
 */
export function withQuotas(
  operations: Readonly<Record<string, Operation>>,
  clock: Clock,
): Record<string, Operation> {
  const buckets = new Map(
    categories.flatMap(([perSecond, names]) => {
      const take = createRequestBucket(perSecond, clock, "TooManyRequestsException");
      return names.map((name) => [name, take] as const);
    }),
  );
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => {
      const take = buckets.get(name);
      if (take === undefined) throw new TypeError(`no quota is known for ${name}`);
      const run: Operation["run"] = (input, caller) => {
        take();
        return operation.run(input, caller);
      };
      return [name, { ...operation, run }];
    }),
  );
}
