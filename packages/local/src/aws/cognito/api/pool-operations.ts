import { AwsError } from "../../json-api/json-service.ts";
import type { InputMembers } from "../../json-api/input-members.ts";
import type { JsonObject, Operation } from "../../json-api/json-service.ts";
import { adminOperation, pageOf, poolMembers } from "./admin-operation.ts";
import { requireRegistrableUrls } from "./callback-urls.ts";
import type { Client, NewClient, OAuthFlow } from "../pool/clients.ts";
import { passwordPolicy } from "../pool/passwords.ts";
import { tagOperations } from "./tag-operations.ts";
import type { UserPool } from "../pool/user-pool.ts";

const oAuthFlows: readonly OAuthFlow[] = ["code", "implicit", "client_credentials"];
const knownAuthFlows = [
  "ALLOW_USER_PASSWORD_AUTH",
  "ALLOW_ADMIN_USER_PASSWORD_AUTH",
  "ALLOW_REFRESH_TOKEN_AUTH",
  "ALLOW_USER_SRP_AUTH",
  // A client may list these; the stack does not support them.
  "ALLOW_CUSTOM_AUTH",
  "ALLOW_USER_AUTH",
];
/** Names from before `ALLOW_`: either these or those. A client with one of them may always refresh. */
const olderAuthFlows = ["ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH"];
const defaultAuthFlows = ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"];

/** The pool itself and its app clients. */
export function poolOperations(pool: UserPool): Record<string, Operation> {
  const { clients } = pool;
  const tags = new Map<string, string>();

  return {
    ...tagOperations(pool, tags),
    DescribeUserPool: adminOperation(pool, () => ({
      UserPool: {
        Id: pool.id,
        Arn: pool.arn,
        Name: pool.options.domainPrefix,
        Domain: pool.options.domainPrefix,
        CreationDate: pool.createdAtMs / 1000,
        LastModifiedDate: pool.createdAtMs / 1000,
        Policies: { PasswordPolicy: passwordPolicy },
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: !pool.options.selfSignUp },
        EstimatedNumberOfUsers: pool.users.list().length,
        MfaConfiguration: "OFF",
        UserPoolTier: "ESSENTIALS",
        UsernameConfiguration: { CaseSensitive: false },
        UserPoolTags: Object.fromEntries(tags),
        IssuerConfiguration: { Type: pool.issuerType },
      },
    })),
    UpdateUserPool: adminOperation(pool, (asked) => {
      asked.only("UserPoolId", "AdminCreateUserConfig", "IssuerConfiguration");
      // AWS sets what is left out back to its default, and that one opens the pool to everybody.
      const users = poolMembers(asked.optionalObject("AdminCreateUserConfig") ?? {});
      if (users.flag("AllowAdminCreateUserOnly") === pool.options.selfSignUp) {
        refuse(
          "InvalidParameterException",
          "The local stack does not change AdminCreateUserConfig: send what DescribeUserPool says.",
        );
      }
      const issuer = asked.optionalObject("IssuerConfiguration");
      const type = issuer === undefined ? "ORIGINAL" : poolMembers(issuer).text("Type");
      if (type !== "ORIGINAL" && type !== "UPDATED")
        refuse("InvalidParameterException", `Invalid IssuerConfiguration Type: ${type}`);
      pool.issuerType = type;
      return {};
    }),
    DescribeUserPoolClient: adminOperation(pool, (asked) => ({
      UserPoolClient: toClientType(pool, clients.get(asked.text("ClientId"))),
    })),
    ListUserPoolClients: adminOperation(pool, (asked) => {
      const { page, next } = pageOf(clients.list(), asked, {
        limit: "MaxResults",
        token: "NextToken",
      });
      return {
        UserPoolClients: page.map(({ id, name }) => ({
          ClientId: id,
          ClientName: name,
          UserPoolId: pool.id,
        })),
        NextToken: next,
      };
    }),
    CreateUserPoolClient: adminOperation(pool, (asked) => ({
      UserPoolClient: toClientType(pool, clients.add(newClientFrom(asked, pool.knownScopes))),
    })),
  };
}

function newClientFrom(asked: InputMembers, knownScopes: readonly string[]): NewClient {
  asked.only(
    "UserPoolId",
    "ClientName",
    "GenerateSecret",
    "ExplicitAuthFlows",
    "AllowedOAuthFlows",
    "AllowedOAuthScopes",
    "AllowedOAuthFlowsUserPoolClient",
    "CallbackURLs",
    "LogoutURLs",
    "RefreshTokenRotation",
    "SupportedIdentityProviders",
    "EnableTokenRevocation",
    "PreventUserExistenceErrors",
  );
  // AWS's default is LEGACY, which reveals who has an account; the stack always behaves as the stricter one.
  if ((asked.optionalText("PreventUserExistenceErrors") ?? "ENABLED") !== "ENABLED") {
    refuse(
      "InvalidParameterException",
      "The local stack supports PreventUserExistenceErrors only as ENABLED.",
    );
  }
  const generateSecret = asked.flag("GenerateSecret");
  const flows = asked.optionalTexts("AllowedOAuthFlows").map((name) => {
    const flow = oAuthFlows.find((each) => each === name);
    return flow ?? refuse("InvalidOAuthFlowException", `Invalid OAuth flow: ${name}`);
  });
  const scopes = asked.optionalTexts("AllowedOAuthScopes");
  for (const scope of scopes) {
    if (!knownScopes.includes(scope))
      refuse("ScopeDoesNotExistException", `Invalid scope requested: ${scope}`);
  }
  if (flows.length > 0 && !asked.flag("AllowedOAuthFlowsUserPoolClient")) {
    refuse(
      "InvalidParameterException",
      "AllowedOAuthFlowsUserPoolClient must be true for a client with OAuth flows.",
    );
  }
  if (flows.includes("client_credentials")) {
    if (flows.length > 1) {
      refuse(
        "InvalidOAuthFlowException",
        "client_credentials flow can not be selected along with code flow or implicit flow.",
      );
    }
    if (!generateSecret) {
      refuse(
        "InvalidOAuthFlowException",
        "client_credentials flow can not be selected if client does not have a client secret.",
      );
    }
  }
  const callbackUrls = asked.optionalTexts("CallbackURLs");
  const logoutUrls = asked.optionalTexts("LogoutURLs");
  requireRegistrableUrls([...callbackUrls, ...logoutUrls]);

  const rotation = asked.optionalObject("RefreshTokenRotation");
  const rotates = rotation !== undefined && poolMembers(rotation).text("Feature") === "ENABLED";
  const grace =
    rotation && poolMembers(rotation).optionalWhole("RetryGracePeriodSeconds", { min: 0, max: 60 });
  const listed = asked.optionalTexts("ExplicitAuthFlows");
  const older = listed.some((flow) => olderAuthFlows.includes(flow));
  for (const flow of listed) {
    if (!(older ? olderAuthFlows : knownAuthFlows).includes(flow))
      refuse("InvalidParameterException", `Invalid ExplicitAuthFlows: ${flow}`);
  }
  const authFlows = listed.length > 0 ? listed : defaultAuthFlows;
  if (rotates && (older || authFlows.includes("ALLOW_REFRESH_TOKEN_AUTH"))) {
    refuse(
      "InvalidParameterException",
      "ALLOW_REFRESH_TOKEN_AUTH cannot be used with refresh token rotation.",
    );
  }
  return {
    name: asked.text("ClientName", { max: 128 }),
    generateSecret,
    flows,
    scopes,
    callbackUrls,
    logoutUrls,
    authFlows,
    idMinutes: 60,
    accessMinutes: 60,
    refreshDays: 30,
    rotationGraceSeconds: rotates ? (grace ?? 0) : undefined,
  };
}

function toClientType(pool: UserPool, client: Client): JsonObject {
  return {
    UserPoolId: pool.id,
    ClientName: client.name,
    ClientId: client.id,
    ClientSecret: client.secrets[0]?.value,
    LastModifiedDate: client.createdAtMs / 1000,
    CreationDate: client.createdAtMs / 1000,
    RefreshTokenValidity: client.refreshDays,
    AccessTokenValidity: client.accessMinutes,
    IdTokenValidity: client.idMinutes,
    TokenValidityUnits: { AccessToken: "minutes", IdToken: "minutes", RefreshToken: "days" },
    ExplicitAuthFlows: client.authFlows,
    SupportedIdentityProviders: ["COGNITO"],
    CallbackURLs: client.callbackUrls,
    LogoutURLs: client.logoutUrls,
    AllowedOAuthFlows: client.flows,
    AllowedOAuthScopes: client.scopes,
    AllowedOAuthFlowsUserPoolClient: client.flows.length > 0,
    PreventUserExistenceErrors: "ENABLED",
    EnableTokenRevocation: true,
    RefreshTokenRotation:
      client.rotationGraceSeconds === undefined
        ? { Feature: "DISABLED" }
        : { Feature: "ENABLED", RetryGracePeriodSeconds: client.rotationGraceSeconds },
  };
}

function refuse(type: string, message: string): never {
  throw new AwsError(type, message);
}
