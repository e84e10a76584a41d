import { isCorsOrigin } from "./cors.ts";

/** What an adopter may set per stage. Everything else is the same everywhere and stands in this package. */
export interface StageSettings {
  /** Custom domain of the app; the distribution's own name when absent. */
  readonly domain?: string;
  /** Origins (`https://host[:port]`) whose scripts may call with a bearer token. Exact; never `*` or `null`. */
  readonly corsOrigins?: readonly string[];
  /** How long CloudFront waits for the first byte and between two packets, 1 to 120 seconds. */
  readonly originReadTimeoutSeconds?: number;
  /** The curl walk-through's app client, which may use the implicit grant. Refused in production. */
  readonly implicitGrant?: boolean;
  /** Whether people may sign themselves up. */
  readonly selfSignUp?: boolean;
  /** Whether the backend gets the caller's bearer token as `x-gatehouse-token`. */
  readonly forwardToken?: boolean;
}

/** Settings with every default filled in. */
export interface Stage extends Required<Omit<StageSettings, "domain">> {
  readonly name: string;
  readonly production: boolean;
  readonly domain: string | undefined;
}

export type Stages = Readonly<Record<string, StageSettings>> & { readonly default: StageSettings };

/** The production stages, by name. Pure, because `app()` in `sst.config.ts` asks before anything else exists. */
export function isProduction(stage: string): boolean {
  return stage === "production" || stage === "prod";
}

/**
 * Declares the stages of this app: `default` for every stage that is not named, then one entry a named stage.
 *
 * @throws {TypeError} naming the stage and the setting, when a setting is unknown, mistyped or unsafe.
 */
export function defineStages<const S extends Stages>(stages: S): S {
  for (const name of Object.keys(stages)) resolveStage(stages, name);
  return stages;
}

/** The settings of one stage: the defaults, then `default`, then the stage's own. */
export function resolveStage(stages: Stages, name: string): Stage {
  const settings = { ...stages.default, ...(Object.hasOwn(stages, name) ? stages[name] : {}) };
  const stage: Stage = {
    name,
    production: isProduction(name),
    domain: settings.domain,
    corsOrigins: settings.corsOrigins ?? [],
    originReadTimeoutSeconds: settings.originReadTimeoutSeconds ?? 30,
    implicitGrant: settings.implicitGrant ?? false,
    selfSignUp: settings.selfSignUp ?? false,
    forwardToken: settings.forwardToken ?? false,
  };
  validate(stage, settings);
  return stage;
}

const settingNames = new Set([
  "domain",
  "corsOrigins",
  "originReadTimeoutSeconds",
  "implicitGrant",
  "selfSignUp",
  "forwardToken",
]);

function validate(stage: Stage, settings: StageSettings): void {
  const refuse = (setting: string, why: string): never => {
    throw new TypeError(`stages.ts: stage ${stage.name}: ${setting} ${why}`);
  };
  for (const setting of Object.keys(settings)) {
    if (!settingNames.has(setting))
      refuse(setting, `is not a setting; there are ${[...settingNames].join(", ")}`);
  }
  for (const setting of ["implicitGrant", "selfSignUp", "forwardToken"] as const) {
    if (typeof stage[setting] !== "boolean") refuse(setting, "must be true or false");
  }
  if (
    stage.domain !== undefined &&
    !/^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/.test(stage.domain)
  ) {
    refuse("domain", "must be a host name such as app.example.com");
  }
  const seconds = stage.originReadTimeoutSeconds;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 120) {
    refuse("originReadTimeoutSeconds", "must be a whole number from 1 to 120");
  }
  if (!Array.isArray(stage.corsOrigins)) refuse("corsOrigins", "must be an array of origins");
  for (const origin of stage.corsOrigins) {
    if (!isCorsOrigin(origin)) {
      refuse(
        "corsOrigins",
        `has ${JSON.stringify(origin)}: write each origin out, such as https://app.example.com, without a path`,
      );
    }
  }
  if (stage.production && stage.implicitGrant)
    refuse("implicitGrant", "is for the walk-through only and is refused in production");
}
