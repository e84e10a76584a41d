import { apiFunction, streamingModes, type StreamingMode } from "../aws/api-function.ts";
import { origin, originHeaderBytes } from "../aws/cache-behavior.ts";
import { tokenPattern, isGuardCookie } from "../protocol/cookies.ts";
import { maxRedirectUrls, redirectUrlProblem } from "../protocol/callback-urls.ts";
import { urlPatternProblem } from "../protocol/client-documents.ts";
import { isCorsOrigin, isKeptFromScripts } from "../protocol/cors.ts";
import { isHostName } from "../protocol/host-name.ts";

/** What an adopter may set per stage. Everything else is the same everywhere and is in this package. */
export interface StageSettings {
  /** Custom domain of the app; the distribution's own name when absent. SST makes its certificate and its records in Route 53. */
  readonly domain?: string;
  /**
   * The domain's validated certificate, for a domain whose records are elsewhere: then nothing here touches DNS. CloudFront
   * takes certificates of us-east-1 only.
   */
  readonly certificateArn?: string;
  /** Origins (`https://host[:port]`) whose scripts may call with a bearer token. Exact; never `*` or `null`. */
  readonly corsOrigins?: readonly string[];
  /**
   * Names of the request headers that those scripts may send, in lower case, beside what Gatehouse itself needs; `[]` for
   * no other. What they ask for when absent, because libraries send headers of their own.
   */
  readonly corsRequestHeaders?: readonly string[];
  /** How long CloudFront waits for the first byte and between two packets, 4 to 120 seconds. */
  readonly originReadTimeoutSeconds?: number;
  /** How long CloudFront keeps an idle connection to the Function URL, 1 to 120 seconds. */
  readonly originKeepaliveSeconds?: number;
  /** How long one call of the backend may take, 1 to 900 seconds; also the longest stream. */
  readonly apiTimeoutSeconds?: number;
  /** Memory of the backend, 128 to 10,240 MB; processor time grows with it. */
  readonly apiMemoryMb?: number;
  /**
   * How the backend's answers leave Lambda:
   *
   * - `"on"`, the default: as they are written.
   * - `"never-empty"`: the same, but where no client minds, an answer without a body gets a line break as its body. For
   *   AWS accounts in which an empty stream stays open until the function's timeout.
   * - `"off"`: whole, 6 MB at most.
   */
  readonly streaming?: StreamingMode;
  /** A firewall in front: AWS's common rules, and a limit per address. Costs extra; none when absent. */
  readonly waf?: {
    /** Requests one address may send in five minutes, 10 to 2,000,000,000. */
    readonly requestsPerFiveMinutes: number;
  };
  /**
   * An app client without a secret, `spa`: for front ends at other origins (`corsOrigins`) and for programs that people
   * sign in by. They use the code grant with PKCE, and call with the access token. Browsers of the app itself need none.
   */
  readonly spaClient?: boolean;
  /**
   * Further addresses that `spa` may return to after a sign-in, each exact: `http://localhost:3000/callback`,
   * `myapp://callback`, a preview by its name. The roots of the app and of `corsOrigins` always may.
   */
  readonly spaCallbackUrls?: readonly string[];
  /** Further addresses that `spa` may return to after a sign-out. */
  readonly spaLogoutUrls?: readonly string[];
  /**
   * Clients that need no app client of their own: each is known by the https address of a document about itself, its
   * client-id metadata document (CIMD), and gets tokens for the `resource` of `access.ts` by `spa`. An address, or all below
   * one: `https://client.example/*`. What they say in Cognito's CIMD policy, which no deploy makes (docs/mcp.md).
   */
  readonly cimdUrlPatterns?: readonly string[];
  /**
   * Names of the keys that sessions are sealed with in browsers' cookies, one or two: the first seals, each opens. A key is
   * made when its name first stands here, and is forgotten when the name is gone (docs/operations.md).
   */
  readonly sealingKeys?: readonly string[];
  /** The curl walk-through's app client, which may use the implicit grant. Refused in production. */
  readonly implicitGrant?: boolean;
  /** Whether people may sign themselves up. In production it has to be said twice: `selfSignUpInProduction`. */
  readonly selfSignUp?: boolean;
  /** Confirms `selfSignUp` where it lets anybody into production. */
  readonly selfSignUpInProduction?: boolean;
  /**
   * Scopes of `access.ts` that people's access tokens carry: the guard's sign-in asks for them, and the app clients for
   * people may. None when absent. A rule that lists groups and scopes admits a person by both, so it needs one of them.
   */
  readonly peopleScopes?: readonly string[];
  /**
   * A second factor for the pool's own accounts, by an authenticator app: never, for those who have set one up, or for
   * everybody. Who signs in through a company is asked there.
   */
  readonly mfa?: "off" | "optional" | "required";
  /** How long passwords must be at least, 8 to 99 characters; each kind of character is needed whatever the length. */
  readonly passwordMinLength?: number;
  /**
   * Cognito's threat protection, which looks for stolen passwords and unusual sign-ins: it logs them (`"audit"`), or acts on
   * them. Either needs Cognito's plan Plus, which costs more for each person and is free for nobody.
   */
  readonly threatProtection?: "off" | "audit" | "enforced";
  /** Whether the backend gets the caller's bearer token as `x-gatehouse-token`. */
  readonly forwardToken?: boolean;
  /** Names of the cookies that the backend gets, exact; `[]` for none. All but the guard's own when absent. */
  readonly forwardCookies?: readonly string[];
  /**
   * How large the headers of a request to the backend may be, 4,096 to 19,968 bytes: name, value and 4 for each line, the
   * signature and the caller included. The default is what Function URLs are known to take.
   */
  readonly originHeaderBytes?: number;
  /**
   * Whether people can be signed out before their tokens expire (`npx gatehouse users revoke`). There is a list then, no copy of
   * which is older than 60 seconds, and this setting says what is done when Parameter Store cannot give a newer one:
   *
   * - `"refuse"`, the default: a request with a token gets 503 until there is a list. Nobody signed out gets in.
   * - `"allow"`: the last list stays in use, or none in a container that has just started. Nobody else is locked out.
   * - `"off"`: there is no list and nothing waits for one; a token is valid until it expires.
   */
  readonly revocation?: "refuse" | "allow" | "off";
  /**
   * Says that the app's own backend is made by `protect()`, which then looks up by itself whether a sign-in was ended, in
   * its own region. Otherwise the guard does, which costs a guard far from home up to a second after each idle minute.
   * Refused for a backend without `protect()` in its bundle.
   */
  readonly backendChecksRevocation?: boolean;
  /** Whether the guard's log says the path of each request, without its query. Paths may hold names, and secrets of yours. */
  readonly logPaths?: boolean;
  /** Whether the guard counts requests in CloudWatch, by outcome, code and rule (docs/logs.md). Custom metrics cost extra. */
  readonly metrics?: boolean;
}

type Optional = "domain" | "certificateArn" | "waf" | "forwardCookies" | "corsRequestHeaders";

/** Settings with every default filled in. */
export interface Stage extends Required<Omit<StageSettings, Optional | "selfSignUpInProduction">> {
  readonly name: string;
  readonly production: boolean;
  /** Whether there is an app client for machines: where the access rules list scopes. Cognito makes none without. */
  readonly machineClient: boolean;
  readonly domain: string | undefined;
  readonly certificateArn: string | undefined;
  readonly waf: StageSettings["waf"] | undefined;
  readonly forwardCookies: readonly string[] | undefined;
  /** Of a user pool that `gate.ts` names; the gate makes one when absent. */
  readonly userPoolId?: string;
  readonly corsRequestHeaders: readonly string[] | undefined;
}

export type Stages = Readonly<Record<string, StageSettings>> & { readonly default: StageSettings };

/** The production stages, by name. Pure, because `app()` in `sst.config.ts` asks before anything else exists. */
export function isProduction(stage: string): boolean {
  return stage === "production" || stage === "prod";
}

/**
 * Declares the stages of this app: `default` for every stage that is not named, then one entry per named stage.
 *
 * @throws {TypeError} naming the stage and the setting, when a setting is unknown, mistyped or unsafe.
 */
export function defineStages<const S extends Stages>(stages: S): S {
  for (const name of Object.keys(stages)) resolveStage(stages, name);
  return stages;
}

/**
 * The settings of one stage: the defaults, then `default`, then the stage's own.
 *
 * @param access the access rules, as far as a stage goes by them.
 */
export function resolveStage(
  stages: Stages,
  name: string,
  access?: { readonly scopes: readonly string[] },
): Stage {
  const settings = { ...stages.default, ...(Object.hasOwn(stages, name) ? stages[name] : {}) };
  const stage: Stage = {
    name,
    production: isProduction(name),
    domain: settings.domain,
    certificateArn: settings.certificateArn,
    corsOrigins: settings.corsOrigins ?? [],
    corsRequestHeaders: settings.corsRequestHeaders,
    originReadTimeoutSeconds: settings.originReadTimeoutSeconds ?? origin.readTimeoutSeconds,
    originKeepaliveSeconds: settings.originKeepaliveSeconds ?? origin.keepaliveTimeoutSeconds,
    apiTimeoutSeconds: settings.apiTimeoutSeconds ?? apiFunction.timeoutSeconds,
    apiMemoryMb: settings.apiMemoryMb ?? apiFunction.memoryMb,
    streaming: settings.streaming ?? "on",
    waf: settings.waf,
    spaClient: settings.spaClient ?? false,
    spaCallbackUrls: settings.spaCallbackUrls ?? [],
    spaLogoutUrls: settings.spaLogoutUrls ?? [],
    cimdUrlPatterns: settings.cimdUrlPatterns ?? [],
    machineClient: access === undefined || access.scopes.length > 0,
    sealingKeys: settings.sealingKeys ?? ["first"],
    implicitGrant: settings.implicitGrant ?? false,
    selfSignUp: settings.selfSignUp ?? false,
    peopleScopes: settings.peopleScopes ?? [],
    mfa: settings.mfa ?? "off",
    passwordMinLength: settings.passwordMinLength ?? 8,
    threatProtection: settings.threatProtection ?? "off",
    forwardToken: settings.forwardToken ?? false,
    forwardCookies: settings.forwardCookies,
    originHeaderBytes: settings.originHeaderBytes ?? originHeaderBytes,
    revocation: settings.revocation ?? "refuse",
    backendChecksRevocation: settings.backendChecksRevocation ?? false,
    logPaths: settings.logPaths ?? false,
    metrics: settings.metrics ?? false,
  };
  validate(stage, settings);
  return stage;
}

/**
 * Refuses settings of a user pool for a stage whose pool is there already: they would change nothing.
 *
 * @returns the stage.
 * @throws {TypeError} naming the setting.
 */
export function checkExistingPool(stage: Stage): Stage {
  const byDefault = resolveStage({ default: {} }, stage.name);
  for (const setting of ["mfa", "passwordMinLength", "threatProtection"] as const)
    if (stage[setting] !== byDefault[setting])
      throw new TypeError(
        `stages.ts: stage ${stage.name}: ${setting} is the user pool's own, and the gate changes nothing of a pool that is there already: set it on the pool, and take it away here`,
      );
  return stage;
}

/** What each setting is: a switch, a list, one of a few words, a whole number in a range; `text` and `group` are checked separately below. */
const settingKinds: Readonly<
  Record<
    keyof Required<StageSettings>,
    "text" | "list" | "group" | "switch" | readonly string[] | Range
  >
> = {
  domain: "text",
  certificateArn: "text",
  corsOrigins: "list",
  corsRequestHeaders: "list",
  // CloudFront's own least is 1. The guard hands the number back to CloudFront, and AWS's page about what a function may
  // hand back begins at 4: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html
  originReadTimeoutSeconds: { from: 4, to: 120 },
  originKeepaliveSeconds: { from: 1, to: 120 },
  apiTimeoutSeconds: { from: 1, to: 900 },
  apiMemoryMb: { from: 128, to: 10_240 },
  streaming: streamingModes,
  waf: "group",
  spaClient: "switch",
  spaCallbackUrls: "list",
  spaLogoutUrls: "list",
  cimdUrlPatterns: "list",
  sealingKeys: "list",
  implicitGrant: "switch",
  selfSignUp: "switch",
  selfSignUpInProduction: "switch",
  peopleScopes: "list",
  mfa: ["off", "optional", "required"],
  passwordMinLength: { from: 8, to: 99 },
  threatProtection: ["off", "audit", "enforced"],
  forwardToken: "switch",
  forwardCookies: "list",
  originHeaderBytes: { from: 4096, to: 19_968 },
  revocation: ["refuse", "allow", "off"],
  backendChecksRevocation: "switch",
  logPaths: "switch",
  metrics: "switch",
};

interface Range {
  readonly from: number;
  readonly to: number;
}

function validate(stage: Stage, settings: StageSettings): void {
  const refuse = (setting: string, why: string): never => {
    throw new TypeError(`stages.ts: stage ${stage.name}: ${setting} ${why}`);
  };
  const checkRange = (setting: string, value: unknown, { from, to }: Range): void => {
    if (!Number.isInteger(value) || Number(value) < from || Number(value) > to)
      refuse(setting, `must be a whole number from ${from} to ${to}`);
  };
  for (const [setting, value] of Object.entries(settings)) {
    const kind = Object.hasOwn(settingKinds, setting)
      ? settingKinds[setting as keyof StageSettings] // oxlint-disable-line typescript/no-unsafe-type-assertion -- just checked
      : undefined;
    if (kind === undefined)
      refuse(setting, `is not a setting; the settings are ${Object.keys(settingKinds).join(", ")}`);
    if (value === undefined) continue;
    if (kind === "switch" && typeof value !== "boolean") refuse(setting, "must be true or false");
    if (kind === "list" && !Array.isArray(value)) refuse(setting, "must be an array");
    if (isWords(kind)) {
      if (!kind.some((word) => word === value))
        refuse(setting, `must be ${kind.map((word) => JSON.stringify(word)).join(", ")}`);
    } else if (typeof kind === "object") checkRange(setting, value, kind);
  }
  if (stage.domain !== undefined && !isHostName(stage.domain))
    refuse("domain", "must be a host name such as app.example.com");
  checkCertificate(stage, refuse);
  if (stage.waf !== undefined) {
    if (typeof stage.waf !== "object" || stage.waf === null)
      refuse("waf", "must be an object, such as { requestsPerFiveMinutes: 2000 }");
    const { requestsPerFiveMinutes, ...others } = stage.waf;
    const [unknown] = Object.keys(others);
    if (unknown !== undefined)
      refuse(`waf.${unknown}`, "is not a setting; the only one is waf.requestsPerFiveMinutes");
    checkRange("waf.requestsPerFiveMinutes", requestsPerFiveMinutes, {
      from: 10,
      to: 2_000_000_000,
    });
  }
  for (const listed of stage.corsOrigins) {
    if (!isCorsOrigin(listed)) {
      refuse("corsOrigins", `has ${JSON.stringify(listed)}: ${originHint(listed)}`);
    }
  }
  for (const [setting, problemOf] of [
    ["spaCallbackUrls", redirectUrlProblem],
    ["spaLogoutUrls", redirectUrlProblem],
    ["cimdUrlPatterns", urlPatternProblem],
  ] as const) {
    const listed = stage[setting];
    for (const address of listed) {
      const problem = problemOf(address);
      if (problem !== undefined) refuse(setting, `has ${JSON.stringify(address)}: ${problem}`);
    }
    if (new Set(listed).size !== listed.length) refuse(setting, "names an address twice");
    // The laptop's stack has the client always; a deployed stage has it where it says so.
    if (listed.length > 0 && !stage.spaClient && stage.name !== "local")
      refuse(
        setting,
        "is for the app client spa, which this stage does not have: set spaClient: true",
      );
    if (
      setting !== "cimdUrlPatterns" &&
      listed.length + stage.corsOrigins.length + 2 > maxRedirectUrls
    )
      refuse(
        setting,
        `has too many addresses: Cognito takes ${maxRedirectUrls}, the app's own and those of corsOrigins among them`,
      );
  }
  for (const name of stage.corsRequestHeaders ?? []) {
    if (typeof name !== "string" || !tokenPattern.test(name) || name !== name.toLowerCase())
      refuse(
        "corsRequestHeaders",
        `has ${JSON.stringify(name)}, which is not the name of a header in lower case`,
      );
    if (isKeptFromScripts(name))
      refuse("corsRequestHeaders", `has ${name}, which no script of another origin may send`);
  }
  for (const name of stage.forwardCookies ?? []) {
    if (typeof name !== "string" || !tokenPattern.test(name))
      refuse("forwardCookies", `has ${JSON.stringify(name)}, which is not the name of a cookie`);
    if (isGuardCookie(name))
      refuse("forwardCookies", `has ${name}: the guard's own cookies never reach the backend`);
  }
  const keyNames = new Set(stage.sealingKeys);
  if (
    keyNames.size === 0 ||
    keyNames.size > 2 ||
    keyNames.size !== stage.sealingKeys.length ||
    !stage.sealingKeys.every((name) => typeof name === "string" && /^[a-z0-9-]{1,32}$/.test(name))
  )
    refuse("sealingKeys", 'must be one or two names, such as ["first"] or ["first", "second"]');
  if (stage.production && stage.implicitGrant)
    refuse("implicitGrant", "is for the walk-through only and is refused in production");
  if (stage.production && stage.selfSignUp && settings.selfSignUpInProduction !== true) {
    refuse(
      "selfSignUp",
      "would let anybody on the internet into production; if you mean that, add selfSignUpInProduction: true",
    );
  }
}

/** What to write in the place of what is no origin. */
function originHint(listed: unknown): string {
  if (typeof listed === "string" && listed.includes("*"))
    return "there are no patterns: write out each origin, such as https://app.example.com";
  const meant = typeof listed === "string" && URL.canParse(listed) ? new URL(listed).origin : "";
  return isCorsOrigin(meant)
    ? `write it as browsers send it, ${meant} (in lower case, names in punycode, without a path)`
    : "write out each origin, such as https://app.example.com or capacitor://localhost, without a path";
}

/** `Array.isArray` knows nothing of readonly lists. */
function isWords(kind: unknown): kind is readonly string[] {
  return Array.isArray(kind);
}

function checkCertificate(
  { domain, certificateArn }: Stage,
  refuse: (setting: string, why: string) => never,
): void {
  if (certificateArn === undefined) return;
  if (domain === undefined) refuse("certificateArn", "needs domain: the name that it certifies");
  const arn = /^arn:aws:acm:([a-z0-9-]+):\d{12}:certificate\/[\w-]{1,64}$/.exec(certificateArn);
  if (arn === null)
    refuse("certificateArn", "must look like arn:aws:acm:us-east-1:<account>:certificate/<id>");
  else if (arn[1] !== "us-east-1") {
    refuse(
      "certificateArn",
      `is in ${arn[1]}; CloudFront takes certificates of us-east-1 only: request one there, wherever the app runs`,
    );
  }
}
