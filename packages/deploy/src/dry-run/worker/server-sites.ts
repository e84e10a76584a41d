import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import type { Workshop } from "./job.ts";

/** By SST's component, for a site with a server: the folders that its build leaves behind, and what of them SST reads first. */
const builds = {
  Analog: { folders: ["dist"], read: "dist/analog/nitro.json" },
  Astro: { folders: ["dist"], read: "dist/sst.buildMeta.json" },
  Nextjs: { folders: [".next", ".open-next"], read: ".open-next/open-next.output.json" },
  Nuxt: { folders: [".output"], read: ".output/server" },
  React: { folders: ["build"], read: "build/client" },
  Remix: { folders: ["build"], read: "build/server" },
  SolidStart: { folders: [".output"], read: ".output/nitro.json" },
  SvelteKit: { folders: [".svelte-kit"], read: ".svelte-kit/svelte-kit-sst/server" },
  TanStackStart: { folders: [".output"], read: ".output/nitro.json" },
};

type Make<T = object> = new (
  ...args: readonly [name: string, args?: object, options?: object]
) => T;

/** What SST lets a config take for global, as far as it is used here. */
export interface SstGlobals {
  readonly sst: SstComponents;
  readonly $output: (value: unknown) => unknown;
}

export interface SstComponents {
  readonly aws: { readonly [name: string]: Make } & { readonly Function: Make };
  readonly Linkable: Make;
  readonly Secret: new (name: string, placeholder?: unknown) => object;
}

/**
 * SST's components, with which a site that was not built does not stop an evaluation: its server stands there with the
 * site's links and permissions, and code that does nothing; the rest is left out.
 *
 * @param tell gets a sentence for each of those.
 */
export function withUnbuiltSites(
  { sst, $output }: SstGlobals,
  { project, original }: Pick<Workshop, "project" | "original">,
  tell: (line: string) => void,
): SstComponents {
  const sites = Object.entries(builds).flatMap(([name, { folders, read }]) => {
    const Site = sst.aws[name];
    if (Site === undefined) return [];
    const value = new Proxy(Site, {
      construct(target, [logical, args = {}, options]: [string, SiteArguments?, object?], proxy) {
        const { path = "." } = args;
        // A path that is an output is not known yet; SST says what it misses.
        if (typeof path !== "string")
          return Reflect.construct(target, [logical, args, options], proxy);
        for (const folder of folders)
          bring(join(original, path, folder), join(project, path, folder));
        if (existsSync(join(project, path, read)))
          return Reflect.construct(target, [logical, args, options], proxy);
        tell(
          `${path} is not built; of ${name} ${logical}, the plan has the server's rights alone.`,
        );
        const { site, url, server } = standIn(sst, project, logical, args, options);
        return Object.assign(site, { url: $output(url), nodes: { server } });
      },
    });
    return [[name, { value, enumerable: true }] as const];
  });
  const aws = Object.create(sst.aws, Object.fromEntries(sites));
  return Object.create(sst, { aws: { value: aws, enumerable: true } });
}

interface SiteArguments {
  readonly path?: unknown;
  readonly link?: unknown;
  readonly permissions?: unknown;
  readonly environment?: unknown;
}

/** Next.js keeps what it has compiled in a cache of its own, which may be large and is not read; OpenNext's is deployed. */
function bring(from: string, to: string): void {
  if (!existsSync(from) || existsSync(to)) return;
  cpSync(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => path !== join(from, "cache") || basename(from) !== ".next",
  });
}

/** As SST itself has it in `sst dev`. */
function standIn(
  sst: SstComponents,
  project: string,
  name: string,
  { link, permissions, environment }: SiteArguments,
  options: object = {},
): { readonly site: object; readonly url: string; readonly server: object } {
  const bundle = join(project, ".sst", `${name}-not-built`);
  mkdirSync(bundle, { recursive: true });
  writeFileSync(join(bundle, "index.mjs"), "export const handler = async () => {};\n");
  const server = new sst.aws.Function(
    `${name}Server`,
    {
      bundle,
      handler: "index.handler",
      runtime: "nodejs22.x",
      link,
      permissions,
      environment,
    },
    options,
  );
  const url = `https://${name.toLowerCase()}.not-built.example`;
  return { site: new sst.Linkable(name, { properties: { url } }), url, server };
}
