import { readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compileFunction, constants } from "node:vm";

import type { Outcome } from "../engine/outcome.ts";
import { type ResourceSdk, withoutProviderText } from "../engine/pulumi-sdk.ts";
import { rehearse } from "../engine/rehearse.ts";
import { withRelativePaths } from "../engine/relative-paths.ts";
import { type App, appOf } from "./app-of.ts";
import { bundleConfig, exportsOf } from "./bundle-config.ts";
import { keepGuardBundle } from "./guard-bundle.ts";
import type { Job, Workshop } from "./job.ts";
import { type SstComponents, type SstGlobals, withUnbuiltSites } from "./server-sites.ts";

/**
 * Does with a copied project what SST's CLI does for `sst deploy`, as far as Pulumi and AWS can be played.
 *
 * @param tell puts into the environment what the CLI would.
 * @param isSet whether the environment has a variable.
 */
export async function evaluate(
  workshop: Workshop,
  job: Job,
  tell: (environment: Readonly<Record<string, string>>) => void,
  isSet: (name: string) => boolean,
): Promise<Outcome> {
  const { project, original, scratch } = workshop;
  const { stage, dev, parameters } = job;
  const platform = join(project, ".sst/platform");
  const roots: readonly [string, string] = [project, original];
  const program = join(platform, `run.${Date.now()}.mjs`);
  try {
    const app = await appOf(project, stage);
    await requireProvider(app, join(project, ".sst/provider-lock.json"));
    const start = await bundleProgram(project, program, app, { dev, home: scratch });
    await keepGuardBundle(workshop, job.changed);
    process.chdir(platform);
    const { name, removal, protect } = app;
    const config = configOf(app);
    tell({ SST_AWS_REGION: config["aws:region"] ?? "" });
    const remarks: string[] = [];
    const adapt: Adapt = (globals) => {
      const sst = withMadeUpSecrets(globals.sst);
      // Under `sst dev` SST itself builds no site.
      return dev
        ? sst
        : withUnbuiltSites({ ...globals, sst }, workshop, (line) => remarks.push(line));
    };
    const outcome = await rehearse(
      { app: name, stage, dev, config, parameters, roots, platform },
      async () => {
        start(adapt);
        const { default: outputs }: { default: unknown } = await import(
          pathToFileURL(program).href
        );
        return { default: outputs, app: { removal, protect } };
      },
    );
    if (outcome.kind === "graph") return { ...outcome, remarks };
    return { ...outcome, message: outcome.message + (await unsetIn(program, isSet)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "refused", message: withRelativePaths(message, roots) };
  } finally {
    await rm(program, { force: true });
  }
}

/**
 * The platform was installed by what the text of `sst.config.ts` says.
 *
 * @throws {Error} (rejects) when `app()` asks for another AWS provider than is there.
 */
async function requireProvider({ providers }: App, lockFile: string): Promise<void> {
  const asked = providers["aws"]?.["version"];
  const lock: readonly { readonly name: string; readonly version: string }[] = JSON.parse(
    await readFile(lockFile, "utf8"),
  );
  const found = lock.find(({ name }) => name === "aws")?.version;
  if (typeof asked === "string" && /^\d+\.\d+\.\d+$/.test(asked) && asked !== found)
    throw new Error(
      `sst.config.ts asks for AWS provider ${asked}, and .sst has ${found}: run npx sst install, or write the version itself into sst.config.ts`,
    );
}

/** Words for a refusal of a program that asks for variables that are not there: nobody would look for the reason here. */
async function unsetIn(program: string, isSet: (name: string) => boolean): Promise<string> {
  const text = await readFile(program, "utf8");
  const asked = [...text.matchAll(/\bprocess\.env(?:\.|\[["'])([A-Za-z]\w*)/g)];
  const unset = [...new Set(asked.map(([, name = ""]) => name))].filter((name) => !isSet(name));
  return unset.length === 0
    ? ""
    : `\nAn evaluation has no variables of this terminal and of .env. The config, or what it imports, asks for ${unset.toSorted().join(", ")}: if it needs one, give it a value for where it is not set.`;
}

/**
 * Writes the program that Pulumi is given: `run()`, with all that SST lets a config take for global.
 *
 * @returns what has to be called before the program.
 */
async function bundleProgram(
  project: string,
  outfile: string,
  app: App,
  { dev, home }: { readonly dev: boolean; readonly home: string },
): Promise<(adapt: Adapt) => void> {
  const work = join(project, ".sst");
  const platform = join(work, "platform");
  const lock: readonly { readonly alias: string; readonly package: string }[] = JSON.parse(
    await readFile(join(work, "provider-lock.json"), "utf8"),
  );
  const providers = lock.map(
    (provider) => `import * as ${provider.alias} from "${provider.package}";`,
  );
  const define: Defined = {
    $app: app,
    $dev: dev,
    $cli: {
      command: "deploy",
      dev,
      paths: { home, root: project, work, platform },
      state: { version: {} },
    },
  };
  const components = await (bundled ??= bundleComponents(project));
  await writeFile(
    join(platform, "components.mjs"),
    `const components = globalThis[${JSON.stringify(instance)}];
${components.names.map((name) => `export const ${name} = components.${name};`).join("\n")}`,
  );
  await bundleConfig(project, {
    outfile,
    code: `import { run } from ${JSON.stringify(join(platform, "components.mjs"))};
import config from ${JSON.stringify(join(project, "sst.config.ts"))};
export default await run(config.run);`,
    define,
    inject: [join(platform, "components.mjs")],
    imports: providers.join("\n"),
  });
  return (adapt) => components.start(define, adapt);
}

/** Where a program finds the components that were started for it. */
const instance = "gatehouse components";

interface Components {
  /** What SST lets a config take for global, and `run`. */
  readonly names: readonly string[];
  /** Gives the next program components that know nothing of other programs, with `sst` as it is adapted. */
  readonly start: (define: Defined, adapt: Adapt) => void;
}

/** What SST's CLI tells a program and its components by names. */
interface Defined extends Readonly<Record<string, unknown>> {
  readonly $app: App;
  readonly $dev: boolean;
  readonly $cli: object;
}

type Adapt = (globals: SstGlobals) => SstComponents;

let bundled: Promise<Components> | undefined;

/** SST's components, which are most of a program: bundled and compiled once for all that this process evaluates. */
async function bundleComponents(project: string): Promise<Components> {
  const platform = join(project, ".sst/platform");
  const shim = join(platform, "src/shim/run.js");
  const file = join(platform, "components.cjs");
  const at = (path: string): string => JSON.stringify(join(platform, path));
  await bundleConfig(project, {
    outfile: file,
    format: "cjs",
    code: `export { run } from ${at("src/auto/run.ts")};
export * as sst from ${at("src/components")};
export * from ${JSON.stringify(shim)};`,
    define: {},
    inject: [shim],
  });
  const compiled = compileFunction(
    await readFile(file, "utf8"),
    ["module", "exports", "require", "__filename", "__dirname", "$app", "$dev", "$cli"],
    { filename: file, importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER },
  );
  const require = createRequire(file);
  return {
    names: ["run", "sst", ...(await exportsOf(platform, shim))],
    start({ $app, $dev, $cli }, adapt) {
      const module = { exports: {} };
      const pulumi: ResourceSdk = require("@pulumi/pulumi");
      const own = withoutProviderText(pulumi);
      // Each import in the bundle copies what a module has of its own, not what it inherits: of aws, 300 members 70 times.
      const load = (name: string): unknown => {
        if (name === "@pulumi/pulumi") return own;
        return name.startsWith("@pulumi/") ? Object.create(require(name)) : require(name);
      };
      compiled(module, module.exports, load, file, platform, structuredClone($app), $dev, $cli);
      const globals: SstGlobals = Object(module.exports);
      // The module's own exports cannot be written to. A config's own dynamic resources are for Pulumi as it is.
      const given = Object.create(globals, {
        sst: { value: adapt(globals), enumerable: true },
        $util: { value: pulumi, enumerable: true },
      });
      Object.assign(globalThis, { [instance]: given });
    },
  };
}

/** Only the account has the values of secrets, and nothing here asks it: one without a placeholder gets its name. */
function withMadeUpSecrets(sst: SstComponents): SstComponents {
  class Secret extends sst.Secret {
    constructor(name: string, placeholder: unknown = `made-up-${name}`) {
      super(name, placeholder);
    }
  }
  return Object.create(sst, { Secret: { value: Secret, enumerable: true } });
}

/** As SST's CLI hands it to Pulumi: texts as they are, objects and lists as JSON, nothing else. */
function configOf({ providers }: App): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(providers).flatMap(([provider, settings]) =>
      Object.entries(settings).flatMap(([key, value]) => {
        if (typeof value === "string") return [[`${provider}:${key}`, value]];
        return typeof value === "object" ? [[`${provider}:${key}`, JSON.stringify(value)]] : [];
      }),
    ),
  );
}
