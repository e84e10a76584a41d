import type { UserPoolClientType } from "@aws-sdk/client-cognito-identity-provider";
import {
  type AppClientName,
  appClientNames,
  appClients,
  clientScopes,
  explicitAuthFlows,
  tokenLifetimes,
  writeAttributes,
} from "@sst-gatehouse/blueprint/app-clients";
import { redirectUrls } from "@sst-gatehouse/blueprint/callback-urls";

import { sameSet } from "../../../dry-run/graph/json.ts";
import { type Check, type Finding, unless } from "../check.ts";
import { hasOwnPool, redeploy, type StageUnderCheck } from "../stage-under-check.ts";

/** What the stage's app clients may do at Cognito, and that there are no others. */
export function appClientChecks(under: StageUnderCheck): readonly Check[] {
  return [
    ...appClientNames(under.stage).flatMap((name) => checksOf(name, under)),
    { id: "clients-unknown", find: () => checkStrangers(under) },
  ];
}

/** What is wrong with a client, as the rest of a sentence about it. */
type Judge = (client: UserPoolClientType) => readonly string[];

function checksOf(name: AppClientName, under: StageUnderCheck): readonly Check[] {
  const judges: Readonly<Record<string, Judge>> = {
    flows: (client) => judgeFlows(name, client),
    addresses: (client) => judgeAddresses(name, client, under),
    scopes: (client) => judgeScopes(name, client, under),
    lifetimes: judgeLifetimes,
  };
  const judged = ([what, judge]: readonly [string, Judge]): Check => ({
    id: `client-${name}-${what}`,
    async find() {
      const client = await clientOf(name, under);
      const wrong =
        client === undefined
          ? ["does not exist in the stage's user pool, so nobody gets in by it"]
          : judge(client);
      return unless(
        wrong.length === 0,
        `the app client ${name} ${wrong.join("; ")}`,
        redeploy(under),
      );
    },
  });
  const checks = Object.entries(judges).map(judged);
  if (appClients[name].kind === "machine") return checks;
  return [
    ...checks,
    { id: `client-${name}-rotation`, find: () => checkRotation(name, under) },
    judged(["attributes", (client) => judgeAttributes(client, under)]),
  ];
}

async function clientOf(
  name: AppClientName,
  under: StageUnderCheck,
): Promise<UserPoolClientType | undefined> {
  const id = under.outputs.clients[name]?.id;
  return id === undefined ? undefined : under.client(id);
}

function judgeFlows(name: AppClientName, client: UserPoolClientType): readonly string[] {
  const { kind, flows, generateSecret } = appClients[name];
  const offered = client.AllowedOAuthFlows ?? [];
  const signIn = client.ExplicitAuthFlows ?? [];
  // Whether they should rotate is a row of its own.
  const rotates = sameSet(signIn, explicitAuthFlows(kind, true));
  const expected = explicitAuthFlows(kind, rotates);
  return [
    ...(client.AllowedOAuthFlowsUserPoolClient === true && sameSet(offered, flows)
      ? []
      : [`offers ${offered.join(" and ") || "no grant"}, not ${flows.join(" and ")}`]),
    ...(sameSet(signIn, expected)
      ? []
      : [
          `opens ${signIn.join(", ") || "SRP, which an empty list means"} of Cognito's own sign-in API, not ${expected.join(", ")}: passwords can be tried past the hosted sign-in`,
        ]),
    ...((client.ClientSecret !== undefined) === generateSecret
      ? []
      : [generateSecret ? "has no secret" : "has a secret"]),
    ...(client.PreventUserExistenceErrors === "ENABLED"
      ? []
      : ["tells strangers which accounts exist"]),
    ...(client.EnableTokenRevocation === true
      ? []
      : ["gives refresh tokens that cannot be revoked"]),
  ];
}

function judgeAddresses(
  name: AppClientName,
  client: UserPoolClientType,
  { outputs, stage }: StageUnderCheck,
): readonly string[] {
  const { callbackUrls, logoutUrls } = redirectUrls(name, outputs.appUrl, stage);
  const { CallbackURLs = [], LogoutURLs = [], DefaultRedirectURI } = client;
  return [
    ...(sameSet(CallbackURLs, callbackUrls) &&
    (DefaultRedirectURI === undefined || callbackUrls.includes(DefaultRedirectURI))
      ? []
      : [
          `returns from the sign-in to ${CallbackURLs.join(", ") || "nowhere"}, not to ${callbackUrls.join(", ") || "nowhere"}: elsewhere somebody else receives the code`,
        ]),
    ...(sameSet(LogoutURLs, logoutUrls)
      ? []
      : [
          `signs out to ${LogoutURLs.join(", ") || "nowhere"}, not to ${logoutUrls.join(", ") || "nowhere"}`,
        ]),
  ];
}

function judgeScopes(
  name: AppClientName,
  { AllowedOAuthScopes = [] }: UserPoolClientType,
  { access, stage }: StageUnderCheck,
): readonly string[] {
  const scopes = clientScopes(appClients[name].kind, access.scopes, stage);
  return sameSet(AllowedOAuthScopes, scopes)
    ? []
    : [`may ask for ${AllowedOAuthScopes.join(", ") || "nothing"}, not for ${scopes.join(", ")}`];
}

/** Seconds in the units of Cognito. */
const unitSeconds: Readonly<Record<string, number>> = {
  seconds: 1,
  minutes: 60,
  hours: 3600,
  days: 86_400,
};

function judgeLifetimes(client: UserPoolClientType): readonly string[] {
  const { IdTokenValidity, AccessTokenValidity, RefreshTokenValidity, TokenValidityUnits } = client;
  const seconds = (value: number | undefined, unit: string | undefined, byDefault: string) =>
    (value ?? 0) * (unitSeconds[unit ?? byDefault] ?? 0);
  const { idMinutes, accessMinutes, refreshDays } = tokenLifetimes;
  const lives = [
    ["ID", seconds(IdTokenValidity, TokenValidityUnits?.IdToken, "hours"), idMinutes * 60],
    [
      "access",
      seconds(AccessTokenValidity, TokenValidityUnits?.AccessToken, "hours"),
      accessMinutes * 60,
    ],
    [
      "refresh",
      seconds(RefreshTokenValidity, TokenValidityUnits?.RefreshToken, "days"),
      refreshDays * 86_400,
    ],
  ] as const;
  return lives
    .filter(([, actual, expected]) => actual !== expected)
    .map(
      ([kind, actual, expected]) =>
        `issues ${kind} tokens for ${actual} seconds, not ${expected}: an ended sign-in is remembered for as long as the tokens of the blueprint live`,
    );
}

/** On Cognito's plan Lite no refresh token rotates. */
async function checkRotation(
  name: AppClientName,
  under: StageUnderCheck,
): Promise<readonly Finding[]> {
  const { Feature, RetryGracePeriodSeconds } =
    (await clientOf(name, under))?.RefreshTokenRotation ?? {};
  const { UserPoolTier } = await under.userPool();
  const { rotationGraceSeconds } = tokenLifetimes;
  return unless(
    (Feature === "ENABLED" && RetryGracePeriodSeconds === rotationGraceSeconds) ||
      (UserPoolTier === "LITE" && Feature !== "ENABLED" && appClients[name].generateSecret),
    `the app client ${name} does not rotate refresh tokens with ${rotationGraceSeconds} seconds of grace (it says ${Feature ?? "nothing"}, ${RetryGracePeriodSeconds ?? 0} seconds): a stolen one works for a month, or two tabs sign each other out. An AWS provider older than 6.81 cannot rotate: app() in sst.config.ts names it`,
    redeploy(under),
  );
}

function judgeAttributes(
  { WriteAttributes = [], SupportedIdentityProviders = [] }: UserPoolClientType,
  { stage }: StageUnderCheck,
): readonly string[] {
  const expected = writeAttributes(stage);
  // What a company's sign-on fills in has to be writable.
  const company = SupportedIdentityProviders.some((provider) => provider !== "COGNITO");
  const right = company
    ? WriteAttributes.length > 0 && expected.every((name) => WriteAttributes.includes(name))
    : sameSet(WriteAttributes, expected);
  return [
    ...(right
      ? []
      : [
          `lets people write ${WriteAttributes.join(", ") || "every standard attribute"} about themselves, not ${expected.join(", ")} alone`,
        ]),
    ...(SupportedIdentityProviders.length > 0 ? [] : ["offers nobody a way to sign in"]),
  ];
}

/** A client that the guard does not know gets tokens all the same. A pool that was there has other programs' clients. */
async function checkStrangers(under: StageUnderCheck): Promise<readonly Finding[]> {
  const { region, outputs } = under;
  if (!hasOwnPool(await under.userPool(), under)) return [];
  const known = Object.values(outputs.clients).map(({ id }) => id);
  return (await under.clients())
    .filter(({ id }) => !known.includes(id))
    .map(({ id, name }) => ({
      problem: `the user pool has an app client that this stage does not: ${name} (${id}); whom it lets in has not been looked at`,
      mend: `aws cognito-idp delete-user-pool-client --region ${region} --user-pool-id ${outputs.userPoolId} --client-id ${id}`,
    }));
}
