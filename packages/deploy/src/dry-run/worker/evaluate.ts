import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Outcome } from "../engine/outcome.ts";
import { rehearse } from "../engine/rehearse.ts";
import { withRelativePaths } from "../engine/relative-paths.ts";
import { type App, appOf } from "./app-of.ts";
import { bundleConfig } from "./bundle-config.ts";
import { keepGuardBundle } from "./guard-bundle.ts";
import type { Job, Workshop } from "./job.ts";

/**
 * Does with a copied project what SST's CLI does for `sst deploy`, as far as Pulumi and AWS can be played.
 *
 * @param tell puts into the environment what the CLI would.
 */
export async function evaluate(
  workshop: Workshop,
  job: Job,
  tell: (environment: Readonly<Record<string, string>>) => void,
): Promise<Outcome> {
  const { project, original, scratch } = workshop;
  const { stage, dev, parameters } = job;
  const platform = join(project, ".sst/platform");
  const roots: readonly [string, string] = [project, original];
  const program = join(platform, `run.${Date.now()}.mjs`);
  try {
    const app = await appOf(project, stage);
    await bundleProgram(project, program, app, { dev, home: scratch });
    await keepGuardBundle(workshop, job.changed);
    process.chdir(platform);
    const { name, removal, protect } = app;
    const config = configOf(app);
    tell({ SST_AWS_REGION: config["aws:region"] ?? "" });
    return await rehearse(
      { app: name, stage, dev, config, parameters, roots, platform },
      async () => {
        const { default: outputs }: { default: unknown } = await import(
          pathToFileURL(program).href
        );
        return { default: outputs, app: { removal, protect } };
      },
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "refused", message: withRelativePaths(message, roots) };
  } finally {
    await rm(program, { force: true });
  }
}

/** The program that Pulumi is given: `run()`, with all that SST lets a config take for global. */
async function bundleProgram(
  project: string,
  outfile: string,
  app: App,
  { dev, home }: { readonly dev: boolean; readonly home: string },
): Promise<void> {
  const work = join(project, ".sst");
  const platform = join(work, "platform");
  const lock: readonly { readonly alias: string; readonly package: string }[] = JSON.parse(
    await readFile(join(work, "provider-lock.json"), "utf8"),
  );
  const imports = [
    ...lock.map((provider) => `import * as ${provider.alias} from "${provider.package}";`),
    `import * as sst from ${JSON.stringify(join(platform, "src/components"))};`,
  ];
  await bundleConfig(project, {
    outfile,
    code: `import { run } from ${JSON.stringify(join(platform, "src/auto/run.ts"))};
import config from ${JSON.stringify(join(project, "sst.config.ts"))};
export default await run(config.run);`,
    define: {
      $app: app,
      $dev: dev,
      $cli: {
        command: "deploy",
        dev,
        paths: { home, root: project, work, platform },
        state: { version: {} },
      },
    },
    inject: [join(platform, "src/shim/run.js")],
    imports: imports.join("\n"),
  });
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
