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

const sitePath = /^\/(?!\.auth(?:\/|$))(?:[\w.~$'+:@-]+\/)*(?:\*|[\w.~$'+:@-]+)?$/i;

/** @throws whatever `refuse` throws, for a site that cannot be written like this. */
export function checkSite(
  { path, paths, fallback, immutable, ...others }: Site,
  refuse: (what: string, why: string) => never,
): void {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    refuse(
      `site.${unknown}`,
      "is not known; the members are path, paths, fallback, immutable. Build the site before you deploy it",
    );
  if (
    typeof path !== "string" ||
    !/^(?!\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))[^\\\0]*[^/\\\0]$/.test(path)
  )
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
