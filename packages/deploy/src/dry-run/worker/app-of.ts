import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { bundleConfig } from "./bundle-config.ts";

/** `$app` of a config: what `app()` returned, and what SST adds to it. */
export interface App {
  readonly name: string;
  readonly stage: string;
  readonly removal: string;
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  readonly home: string;
  readonly version: string;
  readonly protect: boolean;
}

export type ProviderSettings = Readonly<Record<string, unknown>>;

/** What may be asked of `app()`. */
interface Asked {
  readonly name?: string;
  readonly removal?: string;
  readonly protect?: boolean;
  readonly home?: string;
  readonly version?: string;
  readonly providers?: Readonly<Record<string, ProviderSettings | string | boolean>>;
}

/**
 * Asks a config for its app.
 *
 * @param stage what `sst deploy --stage` would be given.
 * @throws what `app()` throws, and (rejects) for a stage or an app that SST's CLI would not take.
 */
export async function appOf(project: string, stage: string): Promise<App> {
  if (/[^a-z\d-]/i.test(stage)) throw new Error("The stage name is invalid.");
  const outfile = join(project, ".sst/platform", `app.${Date.now()}.mjs`);
  const code = `import config from ${JSON.stringify(join(project, "sst.config.ts"))};
export default await config.app({ stage: $input.stage });`;
  const banner = "const $config = (config) => config;";
  await bundleConfig(project, { code, outfile, define: { $input: { stage } }, banner });
  try {
    const { default: asked }: { default: Asked } = await import(pathToFileURL(outfile).href);
    return withDefaults(JSON.parse(JSON.stringify(asked)), stage);
  } finally {
    await rm(outfile);
  }
}

function withDefaults(asked: Asked, stage: string): App {
  const { name = "", removal = "retain", protect = false, home = "", version = "" } = asked;
  if (!/^[a-z][a-z\d-]*$/i.test(name)) throw new Error("The app name is invalid.");
  if (home !== "aws") throw new Error("Only an app whose home is aws can be evaluated here.");
  if (!["remove", "retain", "retain-all"].includes(removal))
    throw new Error("Removal must be one of: remove, retain, retain-all");
  const providers = Object.fromEntries(
    Object.entries({ aws: {}, ...asked.providers }).map(([provider, settings]) => [
      provider,
      settingsOf(settings),
    ]),
  );
  const aws = { region: "us-east-1", ...providers["aws"] };
  const defaultTags = toObject(aws.defaultTags);
  const tags = { ...toObject(defaultTags["tags"]), "sst:app": name, "sst:stage": stage };
  return {
    name,
    stage,
    removal,
    providers: { ...providers, aws: { ...aws, defaultTags: { ...defaultTags, tags } } },
    home,
    version,
    protect,
  };
}

function settingsOf(settings: ProviderSettings | string | boolean): ProviderSettings & {
  readonly region?: string;
  readonly defaultTags?: unknown;
} {
  if (typeof settings === "string") return { version: settings };
  return typeof settings === "boolean" ? {} : settings;
}

function toObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
