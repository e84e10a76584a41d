/** A front end of files on the gate's own address. */
export interface Site {
  /** The folder with the built files, from the folder of `sst.config.ts`. A file's path in it is its path in the address. */
  readonly path: string;
  /** `/docs` or `/docs/*` (also `/docs`), as in access rules. `["/*"]`, which takes what no backend takes, when left out. */
  readonly paths?: readonly string[];
  /**
   * The page of a single-page app, such as `index.html`: it answers every path whose last part has no dot. When left out,
   * `/about` is answered by `about/index.html`.
   */
  readonly fallback?: string;
  /** Paths of files with a hash of their content in the name, which may be kept for a year. `["/assets/*"]` when left out. */
  readonly immutable?: readonly string[];
}

/**
 * A front end that the app deploys as its own `sst.aws.StaticSite`: CloudFront leads to it what an access rule opens to
 * anyone, and everything else to the guard. The members are SST's own, and the gate hands them over.
 */
export interface StaticSite {
  readonly component: "StaticSite";
  /** From the folder of `sst.config.ts`. The built files are in it, or are built from it. */
  readonly path: string;
  /** How SST builds it, and the folder in `path` that has the files then. */
  readonly build?: { readonly command: string; readonly output: string };
}

/** Whether a front end is the app's own component. */
export function isStaticSite(site: Site | StaticSite | undefined): site is StaticSite {
  return site !== undefined && "component" in site;
}

/** The folder with the built files, from the folder of `sst.config.ts`. */
export function builtFolder(site: Site | StaticSite): string {
  return isStaticSite(site) && site.build ? `${site.path}/${site.build.output}` : site.path;
}

type Refuse = (what: string, why: string) => never;

const folder = /^(?!\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))[^\\\0]*[^/\\\0]$/;
const isFolder = (path: unknown): boolean => typeof path === "string" && folder.test(path);

const sitePath = /^\/(?!\.auth(?:\/|$))(?:[\w.~$'+:@-]+\/)*(?:\*|[\w.~$'+:@-]+)?$/i;

/** @throws whatever `refuse` throws, for a site that cannot be written like this. */
export function checkSite(site: Site | StaticSite, refuse: Refuse): void {
  if (isStaticSite(site)) checkStaticSite(site, refuse);
  else checkOwnSite(site, refuse);
}

function checkStaticSite({ component, path, build, ...others }: StaticSite, refuse: Refuse): void {
  if (component !== "StaticSite")
    refuse("site.component", 'must be "StaticSite", or be left out for a site of the gate\'s own');
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    refuse(
      `site.${unknown}`,
      "is not known of a StaticSite; the members are component, path, build. Others are the component's: new sst.aws.StaticSite(name, { ...args, … })",
    );
  // The folder of sst.config.ts has more than files for anyone.
  if (!isFolder(path) && (path !== "." || build === undefined))
    refuse(
      "site.path",
      'must be the folder of the site, from the folder of sst.config.ts, such as "web"; "." needs a build',
    );
  if (
    build !== undefined &&
    (typeof build.command !== "string" || build.command.trim() === "" || !isFolder(build.output))
  )
    refuse("site.build", 'must be as SST takes it: { command: "npm run build", output: "dist" }');
}

function checkOwnSite({ path, paths, fallback, immutable, ...others }: Site, refuse: Refuse): void {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    refuse(
      `site.${unknown}`,
      "is not known; the members are path, paths, fallback, immutable. Build the site before you deploy it",
    );
  if (!isFolder(path))
    refuse(
      "site.path",
      'must be the folder with the built files, from the folder of sst.config.ts, such as "web/dist"',
    );
  if (
    fallback !== undefined &&
    (typeof fallback !== "string" || !/^(?:\w[\w.-]*\/)*\w[\w.-]*\.html$/.test(fallback))
  )
    refuse("site.fallback", 'must be a page among the files, such as "index.html"');
  for (const [name, list] of Object.entries({ paths, immutable })) {
    if (list === undefined) continue;
    if (!Array.isArray(list) || list.length === 0)
      refuse(`site.${name}`, "must be a list with at least one path, or be left out");
    const odd = list.find((each) => typeof each !== "string" || !sitePath.test(each));
    if (odd !== undefined)
      refuse(
        `site.${name}`,
        `has ${JSON.stringify(odd)}; a path is written as in access rules, such as "/docs" or "/docs/*", and /.auth/ is the guard's`,
      );
  }
}
