import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";
import { parse } from "yaml";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const foldersIn = (parent: string): string[] =>
  readdirSync(join(root, parent))
    .map((name) => `${parent}/${name}`)
    .filter((folder) => existsSync(join(root, folder, "package.json")));
const folders = ["", ...foldersIn("packages"), "examples", ...foldersIn("examples")];

interface Manifest {
  readonly packageManager?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
/** Where an adopter adds packages: the root, and the app that they write. */
const adopters = ["", "packages/functions"];
/** Ours in these two: what runs the build, the deploy, the tests and the app's front. */
const brought = [
  "@arethetypeswrong/core",
  "@aws-sdk/client-cognito-identity-provider",
  "@aws-sdk/client-ssm",
  "@types/aws4",
  "@types/node",
  "aws-jwt-verify",
  "aws4",
  "aws4fetch",
  "esbuild",
  "fast-check",
  "hono",
  "jose",
  "node",
  "oxfmt",
  "oxlint",
  "oxlint-tsgolint",
  "playwright-core",
  "publint",
  "rolldown",
  "rolldown-plugin-dts",
  "sst",
  "typescript",
  "vitest",
  "yaml",
];

const readManifest = (folder: string): Manifest => JSON.parse(read(join(folder, "package.json")));

test("pnpm is one version everywhere, named with its hash", () => {
  const { packageManager = "" } = readManifest("");
  expect(packageManager).toMatch(/^pnpm@\d+\.\d+\.\d+\+sha512\.[0-9a-f]{128}$/);
  const called = [
    ".github/workflows/check.yml",
    ".github/workflows/deploy.yml",
    ".github/workflows/release.yml",
    ".ci/run",
    "README.md",
  ].flatMap((path) => read(path).match(/\bpnpm@[\w.-]+/g) ?? []);
  expect([...new Set(called)]).toEqual([packageManager.split("+")[0]]);
});

test("no package.json asks for a range of ours, a repository or an archive, or runs something at install", () => {
  expect(
    folders.flatMap((folder) =>
      lintManifest(readManifest(folder), adopters.includes(folder) ? brought : undefined),
    ),
  ).toEqual([]);
});

test("an adopter's own dependency may be a range, which the lockfile pins", () => {
  const added = { a: "^1.0.0", b: "~2.1.0", c: ">=3.0.0 <4.0.0" };
  expect(lintManifest({ dependencies: added }, brought)).toEqual([]);
  expect(lintManifest({ dependencies: { ...added, hono: "^4.13.19" } }, brought)).toEqual([
    "hono: ^4.13.19",
  ]);
  for (const wanted of ["latest", "*", "github:b/a", "https://b.example/a.tgz", "npm:b@1.0.0"])
    expect(lintManifest({ dependencies: { a: wanted } }, brought)).toEqual([`a: ${wanted}`]);
});

test("two versions of a package may stand side by side, each under the name that says which", () => {
  const devDependencies = { "a-1": "npm:a@1.2.3", "a-2": "npm:a@2.0.0" };
  expect(lintManifest({ devDependencies })).toEqual([]);
});

test("a version before a release is a version, and a range of such is none", () => {
  expect(lintManifest({ devDependencies: { a: "0.2.0-alpha.12" } })).toEqual([]);
  for (const wanted of ["^0.2.0-alpha.12", "0.2.0-", "0.2.x", "alpha"])
    expect(lintManifest({ devDependencies: { a: wanted } })).toEqual([`a: ${wanted}`]);
});

test("routers that are only attacked are dependencies of nothing that ships", () => {
  const { dependencies } = readManifest("packages/attack");
  expect(dependencies).toBeUndefined();
  const name = "@sst-gatehouse/attack";
  expect(
    folders.filter((folder) => {
      const manifest = readManifest(folder);
      return name in { ...manifest.dependencies, ...manifest.devDependencies };
    }),
  ).toEqual([]);
});

test("what we bring to the adopter's two package.json is still there to be pinned", () => {
  const held = adopters.flatMap((folder) => {
    const { dependencies, devDependencies } = readManifest(folder);
    return Object.keys({ ...dependencies, ...devDependencies });
  });
  expect(brought.filter((name) => !held.includes(name))).toEqual([]);
});

test.each<[what: string, manifest: Manifest, finding: string]>([
  ["a range", { dependencies: { a: "^1.0.0" } }, "a: ^1.0.0"],
  ["whatever is newest", { dependencies: { a: "latest" } }, "a: latest"],
  ["a repository", { devDependencies: { a: "github:b/a" } }, "a: github:b/a"],
  [
    "an archive",
    { optionalDependencies: { a: "https://b.example/a.tgz" } },
    "a: https://b.example/a.tgz",
  ],
  ["another package under its name", { dependencies: { a: "npm:b@1.0.0" } }, "a: npm:b@1.0.0"],
  ["another one under its version", { dependencies: { "a-1": "npm:b@1.0.0" } }, "a-1: npm:b@1.0.0"],
  ["another version than it says", { dependencies: { "a-1": "npm:a@2.0.0" } }, "a-1: npm:a@2.0.0"],
  ["a range of one version", { dependencies: { "a-1": "npm:a@^1.0.0" } }, "a-1: npm:a@^1.0.0"],
  ["a script at install", { scripts: { postinstall: "node a.js" } }, "script postinstall"],
])("notices %s in a package.json", (_what, manifest, finding) => {
  expect(lintManifest(manifest)).toEqual([finding]);
});

test("install scripts run for two packages, and nothing points pnpm elsewhere", () => {
  expect(lintWorkspace(read("pnpm-workspace.yaml"))).toEqual([]);
  expect(folders.filter((folder) => existsSync(join(root, folder, ".npmrc")))).toEqual([]);
});

test("the examples have a workspace of their own, in which no install script runs", () => {
  const { onlyBuiltDependencies, overrides, ...rest } = parse(read("examples/pnpm-workspace.yaml"));
  expect({ onlyBuiltDependencies, names: Object.keys(rest).toSorted() }).toEqual({
    onlyBuiltDependencies: [],
    names: ["autoInstallPeers", "ignoredBuiltDependencies", "packages"],
  });
  expect(overrides).toEqual({
    "sst-gatehouse": "link:../packages/sst-gatehouse",
    "sst-gatehouse-dev": "link:../packages/sst-gatehouse-dev",
  });
});

test.each([
  [
    "one more package with install scripts",
    "  - node\n",
    "  - node\n  - sst\n",
    "scripts of esbuild, node, sst",
  ],
  [
    "every package with install scripts",
    "packages:",
    "dangerouslyAllowAllBuilds: true\npackages:",
    "dangerouslyAllowAllBuilds",
  ],
  [
    "another registry",
    "packages:",
    "registries:\n  default: https://b.example/\npackages:",
    "registries",
  ],
])("notices %s in pnpm-workspace.yaml", (_what, from, to, finding) => {
  const text = read("pnpm-workspace.yaml");
  expect(text).toContain(from);
  expect(lintWorkspace(text.replace(from, to))).toEqual([finding]);
});

test("every package in the lockfile comes from a registry and has a hash", () => {
  const text = read("pnpm-lock.yaml");
  expect(lintLockfile(text)).toEqual([]);
  expect(text.match(/^ {4}resolution: /gm)?.length).toBeGreaterThan(100);
  // The examples link our two packages, and nothing else outside of their folder.
  const ours = /link:\.\.\/\.\.\/packages\/sst-gatehouse(-dev)?$/;
  expect(
    lintLockfile(read("examples/pnpm-lock.yaml")).filter((finding) => !ours.test(finding)),
  ).toEqual([]);
});

const hash = `sha512-${"A".repeat(86)}==`;
const lockfile = `lockfileVersion: '9.0'
importers:
  packages/b:
    dependencies:
      '@c/a':
        specifier: workspace:*
        version: link:../a
packages:
  d@1.0.0:
    resolution: {integrity: ${hash}}
    deprecated: see https://d.example
`;

test.each([
  ["a package without a hash", `{integrity: ${hash}}`, "{}", ["d@1.0.0: {}"]],
  ["a weaker hash", hash, "sha1-AAAA", ['d@1.0.0: {"integrity":"sha1-AAAA"}']],
  [
    "an archive from elsewhere",
    `${hash}}`,
    `${hash}, tarball: https://b.example/d.tgz}`,
    [`d@1.0.0: {"integrity":"${hash}","tarball":"https://b.example/d.tgz"}`],
  ],
  [
    "a repository",
    `d@1.0.0:\n    resolution: {integrity: ${hash}}`,
    "d@git+ssh://b.example/d.git:\n    resolution: {commit: abc, type: git}",
    ['d@git+ssh://b.example/d.git: {"commit":"abc","type":"git"}', "d@git+ssh://b.example/d.git"],
  ],
  ["a folder outside the workspace", "link:../a", "link:../../../a", ["@c/a: link:../../../a"]],
  ["a format nobody has read", "'9.0'", "'10.0'", ["format 10.0"]],
])("notices %s in a lockfile", (_what, from, to, findings) => {
  expect(lintLockfile(lockfile)).toEqual([]);
  expect(lintLockfile(lockfile.replace(from, to))).toEqual(findings);
});

/** @param pinned the dependencies that must be one version; all when absent. */
function lintManifest(manifest: Manifest, pinned?: readonly string[]): string[] {
  const { scripts = {}, dependencies, devDependencies, optionalDependencies } = manifest;
  const exact = /^(workspace:\*|\d+\.\d+\.\d+(-[\w.]+)?)$/;
  const range = /^([~^<>=]*\d+(\.\d+){0,2} ?)+$/;
  // Several versions of one package stand side by side under names that say which: express-4, express-5.
  const isVersion = (name: string, wanted: string): boolean => {
    const [, aliased, major] = /^npm:(@?[\w/-]+)@(\d+)\.\d+\.\d+$/.exec(wanted) ?? [];
    return name === `${aliased}-${major}`;
  };
  const mayFloat = (name: string): boolean => pinned !== undefined && !pinned.includes(name);
  return [
    ...Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
      .filter(([name, wanted]) => !exact.test(wanted) && !isVersion(name, wanted))
      .filter(([name, wanted]) => !(mayFloat(name) && range.test(wanted)))
      .map(([name, wanted]) => `${name}: ${wanted}`),
    ...Object.keys(scripts)
      .filter((name) => /^((pre|post)?install|(pre|post)?prepare|dependencies)$/.test(name))
      .map((name) => `script ${name}`),
  ];
}

function lintWorkspace(text: string): string[] {
  const settings: { readonly onlyBuiltDependencies?: readonly string[] } = parse(text);
  const allowed = settings.onlyBuiltDependencies?.join(", ");
  return [
    ...(allowed === "esbuild, node" ? [] : [`scripts of ${allowed}`]),
    ...Object.keys(settings).filter((name) =>
      /registr|dangerously|allowBuilds|neverBuilt|proxy|ssl|^ca|verifyStore/i.test(name),
    ),
  ];
}

interface Lockfile {
  readonly lockfileVersion: string;
  readonly importers: Readonly<
    Record<string, Readonly<Record<string, Readonly<Record<string, { readonly version: string }>>>>>
  >;
  readonly packages: Readonly<
    Record<string, { readonly resolution: Readonly<Record<string, string>> }>
  >;
}

function lintLockfile(text: string): string[] {
  const { lockfileVersion, importers, packages }: Lockfile = parse(text);
  const links = Object.entries(importers).flatMap(([folder, groups]) =>
    Object.values(groups).flatMap((group) =>
      Object.entries(group)
        .filter(([, { version }]) => version.includes(":"))
        .filter(
          ([, { version }]) =>
            !version.startsWith("link:") ||
            !/^packages\/[\w-]+$/.test(join(folder, version.slice("link:".length))),
        )
        .map(([name, { version }]) => `${name}: ${version}`),
    ),
  );
  return [
    ...(lockfileVersion === "9.0" ? [] : [`format ${lockfileVersion}`]),
    ...links,
    ...Object.entries(packages)
      .filter(
        ([, { resolution }]) =>
          !/^\{"integrity":"sha512-[A-Za-z0-9+/]{86}=="\}$/.test(JSON.stringify(resolution)),
      )
      .map(([name, { resolution }]) => `${name}: ${JSON.stringify(resolution)}`),
    ...Object.keys(packages).filter(
      (name) => !/^(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+[\w.+-]*$/.test(name),
    ),
  ];
}
