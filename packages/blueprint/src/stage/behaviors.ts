import { coversPattern, everyPath, matchesPattern, patternsMeet } from "../aws/path-pattern.ts";
import { cacheControlOf, siteFile } from "../aws/site-files.ts";
import type { Gate, GateRule, NamedBackend } from "./gate.ts";
import { isStaticSite, type Site, type StaticSite } from "./site.ts";

/** Where CloudFront takes a path: through the guard to a backend or to the site, or to the site alone. */
export type GateBehavior =
  | { readonly pattern: string; readonly backend: string }
  | { readonly pattern: string; readonly site: "guarded" | "public" };

/** Whether what a behaviour shows is for anyone: no guard sees it. */
export function isPublicSite(behavior: GateBehavior): boolean {
  return "site" in behavior && behavior.site === "public";
}

/** As much of a gate as decides where a path leads. */
export interface Ways {
  readonly backends: readonly Pick<NamedBackend, "name" | "paths">[];
  readonly site: Site | StaticSite | undefined;
  /** In the order in which they are tried. */
  readonly rules: readonly GateRule[];
  /** The guard's own paths. */
  readonly guards: readonly string[];
}

type Refuse = (what: string, why: string) => never;

/** What the guard answers itself, partly by methods that the paths of a site do not take. */
const guardPaths = ["/.auth/*"];
/** The same, where the app is a resource for OAuth clients; a test holds it to core. */
export const resourcePaths = [
  "/.well-known/oauth-protected-resource",
  "/.well-known/oauth-authorization-server",
  "/register",
];

/** The behaviours of a gate. @throws {TypeError} that says which paths contradict each other, and what to write. */
export function behaviorsOf(
  { site, access }: Pick<Gate, "site" | "access">,
  backends: Ways["backends"],
): readonly GateBehavior[] {
  const guards = [...guardPaths, ...(access.resource ? resourcePaths.flatMap(belowToo) : [])];
  return gateBehaviors({ backends, site, rules: access.rules, guards }, (what, why) => {
    throw new TypeError(`gate.ts: ${what} ${why}`);
  });
}

/**
 * Where each path leads: the first pattern that takes it decides, and the last one takes every path.
 *
 * What of the site an access rule opens to anyone is public: CloudFront answers from its cache, and no guard sees it.
 *
 * @throws whatever `refuse` throws, where the paths contradict each other or the access rules.
 */
function gateBehaviors(
  { backends, site, rules, guards }: Ways,
  refuse: Refuse,
): readonly GateBehavior[] {
  const ofBackends = backends.flatMap(({ name, paths }) =>
    paths.map((pattern) => ({ pattern, backend: name })),
  );
  const ordered: GateBehavior[] = [
    ...ofBackends.filter(({ pattern }) => pattern !== everyPath),
    ...ofBackends.filter(({ pattern }) => pattern === everyPath),
  ];
  if (site !== undefined) {
    const isStatic = isStaticSite(site);
    const paths = isStatic ? undefined : site.paths;
    const own = [...new Set((paths ?? [everyPath]).flatMap(patternsOf))];
    const narrower = (pattern: string): readonly string[] =>
      ofBackends.map((each) => each.pattern).filter((each) => coversPattern(pattern, each));
    const read = rules.filter(({ method }) => ["GET", "HEAD", undefined].includes(method));
    const open = publicPatterns(own, narrower, read);
    requireServedRules({ own, open, narrower, rules, read }, refuse);
    if (isStatic) requireOpenRules({ open, read }, ofBackends, refuse);
    else requirePublicPages(site, own, open, refuse);
    for (const pattern of open) place(ordered, { pattern, site: "public" }, refuse);
    // What of a StaticSite is not for anyone is nobody's: the guard has no rule for it.
    const rest = (pattern: string): GateBehavior =>
      isStatic ? { pattern, backend: backends[0]?.name ?? "" } : { pattern, site: "guarded" };
    for (const pattern of own) if (!open.includes(pattern)) place(ordered, rest(pattern), refuse);
  }
  const last = ordered.at(-1);
  if (last?.pattern !== everyPath) {
    const outside = rules.find((rule) =>
      patternsOfRule(rule).some((each) => !ordered.some((one) => coversPattern(one.pattern, each))),
    );
    const such = outside
      ? `, such as those of the access rule ${JSON.stringify(outside.text)}`
      : "";
    return refuse(
      "backends",
      `have no backend for the other paths${such}; leave paths out for one of them, or for the site`,
    );
  }
  const [main] = backends;
  const taken = ordered.filter((each) => "site" in each);
  const kept = guards.filter((path) => taken.some(({ pattern }) => patternsMeet(pattern, path)));
  return [
    ...kept.flatMap((pattern) => (main ? [{ pattern, backend: main.name }] : [])),
    ...ordered,
  ];
}

/**
 * How a file of the site is served.
 *
 * @param path in the address, such as `/index.html`.
 * @returns undefined for one that no path of the site leads to.
 */
export function servedFile(
  behaviors: readonly GateBehavior[],
  { immutable = ["/assets/*"] }: Pick<Site, "immutable">,
  path: string,
): { readonly isPublic: boolean; readonly cacheControl: string } | undefined {
  const behavior = behaviors.find(({ pattern }) => matchesPattern(pattern, path));
  if (behavior === undefined || "backend" in behavior) return undefined;
  const isPublic = behavior.site === "public";
  const isImmutable = immutable.some((pattern) => matchesPattern(pattern, path));
  return { isPublic, cacheControl: cacheControlOf({ isPublic, isImmutable }) };
}

/** The page that answers the public pages of a site: a guarded one is nothing for anyone. */
export function publicFallback(
  behaviors: readonly GateBehavior[],
  { fallback }: Pick<Site, "fallback">,
): string | undefined {
  const isPublic = servedFile(behaviors, {}, `/${fallback ?? ""}`)?.isPublic === true;
  return isPublic ? fallback : undefined;
}

function belowToo(path: string): readonly string[] {
  return [path, `${path}/*`];
}

/** `/a/*` takes `/a` too, as an access rule has it and CloudFront has not. */
function patternsOf(path: string): readonly string[] {
  return path.endsWith("/*") && path !== everyPath ? [path, path.slice(0, -2)] : [path];
}

/** CloudFront's patterns for the paths that a rule is about. */
export function patternsOfRule({ exact: { whole, path } }: GateRule): readonly string[] {
  return patternsOf(whole ? path : `${path}*`);
}

/** Whether everybody may read what a pattern takes, apart from where a longer rule reaches into it. */
function isOpen(read: readonly GateRule[], pattern: string): boolean {
  return ["GET", "HEAD"].every((method) => {
    const rule = read
      .filter((each) => each.method !== "HEAD" || method === "HEAD")
      .find((each) => patternsOfRule(each).some((one) => coversPattern(one, pattern)));
    return rule?.access === "anyone";
  });
}

/** The widest patterns of the site that are for anyone, without those that are a backend's. */
function publicPatterns(
  own: readonly string[],
  narrower: (pattern: string) => readonly string[],
  read: readonly GateRule[],
): readonly string[] {
  const candidates = read.flatMap(patternsOfRule).flatMap((pattern) =>
    own.flatMap((mine) => {
      if (!coversPattern(mine, pattern)) return coversPattern(pattern, mine) ? [mine] : [];
      return narrower(mine).some((each) => coversPattern(each, pattern)) ? [] : [pattern];
    }),
  );
  const open = [...new Set(candidates)].filter(
    (pattern) => isTaken(pattern) && isOpen(read, pattern),
  );
  return open.filter(
    (pattern) => !open.some((other) => other !== pattern && coversPattern(other, pattern)),
  );
}

/** Whether CloudFront takes it for a pattern. What it does not take stays with the guard. */
function isTaken(pattern: string): boolean {
  return /^[\w.*$/~"'@:+&-]+$/.test(pattern);
}

interface Read {
  readonly own: readonly string[];
  readonly open: readonly string[];
  /** The backends' patterns inside of another. */
  readonly narrower: (pattern: string) => readonly string[];
  readonly rules: readonly GateRule[];
  /** Those that decide about GET and HEAD. */
  readonly read: readonly GateRule[];
}

/** Every rule about a path of the site can hold there, and every path of the site has one. */
function requireServedRules({ own, open, narrower, rules, read }: Read, refuse: Refuse): void {
  for (const rule of rules) {
    const patterns = patternsOfRule(rule);
    for (const pattern of patterns) {
      const around = open.find((each) => coversPattern(each, pattern));
      if (
        around !== undefined &&
        read.includes(rule) &&
        !isOpen(read, pattern) &&
        !narrower(around).some((each) => coversPattern(each, pattern))
      )
        refuse(
          "site",
          `shows ${around} to anyone, from a cache that no rule looks at, and the access rule ${JSON.stringify(rule.text)} guards a part of it: move those files elsewhere, or give that path to a backend`,
        );
      const mine = own.find((each) => coversPattern(each, pattern));
      if (
        mine !== undefined &&
        !read.includes(rule) &&
        !narrower(mine).some((each) => patternsMeet(each, pattern))
      )
        refuse(
          "site",
          `takes GET and HEAD only, and the access rule ${JSON.stringify(rule.text)} is about a path of it: give that path to a backend, or take the rule away`,
        );
    }
  }
  const bare = own.find(
    (pattern) =>
      !read.some((rule) => patternsOfRule(rule).some((each) => patternsMeet(each, pattern))),
  );
  if (bare !== undefined)
    refuse(
      "site.paths",
      `has ${bare}, which no access rule covers, so nobody is let in: write a rule`,
    );
}

/**
 * A StaticSite has no guard: its files are for anyone, and of its paths only those that a rule opens to anyone lead to it.
 * Which ones those are has to be said.
 */
function requireOpenRules(
  { open, read }: Pick<Read, "open" | "read">,
  ofBackends: readonly { readonly pattern: string; readonly backend: string }[],
  refuse: Refuse,
): void {
  const all = ofBackends.find(({ pattern }) => pattern === everyPath);
  if (all !== undefined)
    refuse(
      `backends.${all.backend}`,
      'takes every path, and the StaticSite would have none: write its paths, such as paths: ["/api/*"]',
    );
  const taken = [...open, ...ofBackends.map(({ pattern }) => pattern)];
  for (const rule of read) {
    const [pattern = everyPath] = patternsOfRule(rule);
    if (taken.some((each) => coversPattern(each, pattern))) continue;
    refuse(
      "site",
      rule.access === "anyone"
        ? `is a StaticSite, and CloudFront cannot lead there what the access rule ${JSON.stringify(rule.text)} opens: write it for GET, in characters that an address has, and above the patterns of backends`
        : `is a StaticSite, whose files are for anyone, and the access rule ${JSON.stringify(rule.text)} admits only some to paths that no backend has: give those paths to a backend, or leave component out, and the gate guards the files`,
    );
  }
  if (open.length === 0)
    refuse(
      "site",
      'is a StaticSite, and no access rule opens a path of it, so nobody is let in: write rules such as "/": "anyone"',
    );
}

/** A page that is for anyone is answered by a file that is for anyone: it is one file, whichever path it is asked for by. */
function requirePublicPages(
  { fallback }: Site,
  own: readonly string[],
  open: readonly string[],
  refuse: Refuse,
): void {
  const takes = (patterns: readonly string[], path: string): boolean =>
    patterns.some((pattern) => matchesPattern(pattern, path));
  if (fallback !== undefined && !takes(own, `/${fallback}`))
    refuse("site.fallback", `is ${fallback}, and no path of the site takes /${fallback}`);
  for (const path of open.filter((pattern) => !pattern.endsWith("*"))) {
    const file = siteFile(path, fallback);
    const isBare = open.includes(`${path}/*`);
    if (!takes(open, isBare ? siteFile(path, undefined) : file))
      refuse(
        "site",
        `answers ${path}, which is for anyone, with the file ${file}, which is not: write a rule "${file}": "anyone", or none for ${path}`,
      );
  }
}

/** Puts a behaviour after those that it would hide, and before what would hide it. */
function place(ordered: GateBehavior[], added: GateBehavior, refuse: Refuse): void {
  const { pattern } = added;
  for (const other of ordered) {
    const [inside, around] = [
      coversPattern(pattern, other.pattern),
      coversPattern(other.pattern, pattern),
    ];
    if (inside && around && "backend" in other)
      refuse(
        "site.paths",
        `has ${pattern}, which leads to backends.${other.backend}, too; each path leads to one place: say the paths of both`,
      );
    if (!inside && !around && patternsMeet(pattern, other.pattern))
      refuse(
        "site.paths",
        `has ${pattern}, and some of its paths are ${other.pattern}, too; write paths that do not overlap, or of which one has all of the other`,
      );
  }
  const after = ordered.findLastIndex((other) => coversPattern(pattern, other.pattern)) + 1;
  const before = ordered.findIndex((other) => coversPattern(other.pattern, pattern));
  if (before !== -1 && before < after)
    refuse(
      "backends",
      `have ${ordered[before]?.pattern} before ${ordered[after - 1]?.pattern}, which is never reached then; write the narrower path first`,
    );
  ordered.splice(before === -1 ? ordered.length : before, 0, added);
}
