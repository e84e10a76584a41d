import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { graphDifferences } from "@sst-gatehouse/deploy/graph-differences";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { parse } from "yaml";

import { send } from "../acceptance/support/client.ts";
import { packAll, type Packed } from "../repository/package/pack-all.ts";
import { packTarball } from "../repository/package/tarball.ts";
import { type Manager, managers } from "./support/apps.ts";
import { mustRun, startApp } from "./support/program.ts";
import { addPackages, apply, edit, makeShelf, type Planned, planned } from "./support/shelf.ts";

const first = inject("packed");
/** Two releases after the first: the same sources under another version, and a guard in which something was mended. */
const releases = { next: "0.9.0", mended: "0.9.1" } as const;

let scratch: string;
let next: Packed;
let mended: Packed;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "gatehouse-update-"));
  next = await packAll(join(scratch, "next"), releases.next);
  mended = await mend(next);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/**
 * Packs the packages once more, with one place of the guard changed as the next release will: it sends the caller header
 * in the form that this release's backends read already.
 */
async function mend({ tarballs }: Packed): Promise<Packed> {
  const outdir = join(scratch, "mended");
  await mkdir(outdir);
  const packed = await Promise.all(
    tarballs.map(async ({ name, file }) => {
      const folder = await unpack(file, `${name}-mended`);
      const manifest = join(folder, "package.json");
      const { version: _old, ...rest } = JSON.parse(await readFile(manifest, "utf8"));
      await writeFile(manifest, JSON.stringify({ ...rest, version: releases.mended }, null, 2));
      if (name === "sst-gatehouse")
        await edit(folder, "guard/lambda.cjs", ".callerVersion??1", ".callerVersion??2");
      return packTarball(folder, outdir);
    }),
  );
  const guard = join(scratch, "sst-gatehouse-mended/package/guard");
  // As docs/operations.md says.
  const printed = await mustRun(guard, "sh", "-c", "LC_ALL=C sha256sum *.cjs | sha256sum");
  return { tarballs: packed, guardSha256: printed.slice(0, 64) };
}

async function unpack(tarball: string, into: string): Promise<string> {
  const folder = join(scratch, into);
  await mkdir(folder, { recursive: true });
  await mustRun(folder, "tar", "xzf", tarball);
  return join(folder, "package");
}

/** As somebody does who reads of a new release. */
function update(app: string, manager: Manager, { tarballs }: Packed): Promise<void> {
  return addPackages(app, manager, "@latest", (name) =>
    String(tarballs.find((packed) => packed.name === name)?.file),
  );
}

const git = (app: string, ...args: readonly string[]) =>
  mustRun(app, "git", "-c", "user.name=shelf", "-c", "user.email=shelf@example.com", ...args);

async function commit(app: string): Promise<void> {
  await git(app, "add", "--all");
  await git(app, "commit", "--quiet", "--message", "all");
}

/** What the lockfile says of each package: npm's by folder, pnpm's by name and version. */
async function locked(app: string): Promise<ReadonlyMap<string, string>> {
  const [name = ""] = (await readdir(app)).filter((file) => /^(package-lock|pnpm-lock)/.test(file));
  const { packages, snapshots = {} } = parse(await readFile(join(app, name), "utf8"));
  return new Map(
    [packages, snapshots].flatMap((each, part) =>
      Object.entries(each).map(([of, what]) => [`${part} ${of}`, JSON.stringify(what)] as const),
    ),
  );
}

/** The packages about which two lockfiles say something different, without their versions. */
function changedIn(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => name.replace(/^\d (node_modules\/)?/, "").replace(/@file:.*/, ""));
  return [...new Set(names)].toSorted();
}

/**
 * Where two plans differ. pnpm's folders bear the version of a package, and the source map in the backend's zip names them:
 * so under pnpm the zip has another hash, which is left out here.
 */
function differencesOf(manager: Manager, before: Planned, after: Planned): readonly string[] {
  const zip =
    manager.name === "pnpm" ? /::Api(Function inputs\.s3Key$|(Code|Sourcemap0) inputs\.)/ : /^$/;
  return graphDifferences(before, after)
    .map(({ resource, path }) => `${resource} ${path}`.trim())
    .filter((difference) => !zip.test(difference));
}

describe.each(managers)("with $name", (manager) => {
  test("an update is two lines of package.json and the lock, and plan shows the guard that it brings", async () => {
    const app = await makeShelf({ manager });
    await apply(app, "gate");
    await git(app, "init", "--quiet");
    await commit(app);
    const [before, lockBefore] = [await planned(app), await locked(app)];
    expect(before.guard).toEqual({
      version: first.tarballs[0]?.version,
      sha256: first.guardSha256,
    });

    // Another version of the same sources has the same guard, and changes nothing of what is deployed.
    await update(app, manager, next);
    const numbers = (await git(app, "diff", "--numstat")).trim().split("\n");
    const lock = manager.name === "npm" ? "package-lock.json" : "pnpm-lock.yaml";
    expect(new Set(numbers.map((line) => line.split("\t")[2]))).toEqual(
      new Set(["package.json", lock]),
    );
    expect(numbers).toContain("2\t2\tpackage.json");
    expect(changedIn(lockBefore, await locked(app))).toEqual(
      // npm also keeps the app's own package.json there.
      [...(manager.name === "npm" ? [""] : []), "sst-gatehouse", "sst-gatehouse-dev"],
    );
    console.log(await git(app, "diff", "--unified=0", "package.json"));
    const after = await planned(app);
    expect(after.guard).toEqual({ version: releases.next, sha256: before.guard.sha256 });
    expect(differencesOf(manager, before, after)).toEqual(["guard.version"]);
    await commit(app);

    // A mended guard has another hash: the one that the release notes say.
    await update(app, manager, mended);
    expect(await git(app, "diff", "--numstat", "package.json")).toBe("2\t2\tpackage.json\n");
    const last = await planned(app);
    expect(last.guard).toEqual({ version: releases.mended, sha256: mended.guardSha256 });
    expect(last.guard.sha256).not.toBe(before.guard.sha256);
    expect(last.violations).toEqual([]);
    expect(differencesOf(manager, after, last)).toEqual([
      "guard.version",
      "guard.sha256",
      "aws:lambda/function:Function::shelf-anna-Guard inputs.code.archive.lambda.cjs.sha256",
    ]);
    console.log(`plan: ${after.guard.version} ${after.guard.sha256}
   -> ${last.guard.version} ${last.guard.sha256}`);
  });
});

test("a guard one release older or newer than the backend works: functions are updated before the edge", async () => {
  const [manager] = managers;
  const app = await makeShelf({ manager });
  await apply(app, "gate");
  const route = 'app.get("/books/mine", (c) => c.json(c.get("caller" as never)));\n';
  await writeFile(
    join(app, "src/app.ts"),
    (await readFile(join(app, "src/app.ts"), "utf8")) + route,
  );
  const installed = join(app, "node_modules/sst-gatehouse");
  const [old, recent] = await Promise.all(
    [first, mended].map(async ({ tarballs }, index) => {
      const [{ file } = { file: "" }] = tarballs;
      return unpack(file, `release-${index}`);
    }),
  );
  /** The guard of one release before a backend of another. */
  const ask = async (guard = "", backend = "") => {
    for (const [part, from] of [
      ["guard", guard],
      ["dist", backend],
    ] as const) {
      await rm(join(installed, part), { recursive: true });
      await cp(join(from, part), join(installed, part), { recursive: true });
    }
    const { started, stop } = await startApp(app);
    try {
      const headers = { authorization: `Bearer ${started.tokens.access}` };
      const mine = await send(started.appUrl, { path: "/books/mine", headers });
      const nobody = await send(started.appUrl, { path: "/health" });
      const refused = await send(started.appUrl, { path: "/books", method: "POST", headers });
      expect([mine.status, nobody.status, refused.status]).toEqual([200, 200, 403]);
      return mine.json();
    } finally {
      expect(await stop()).toBe(0);
    }
  };
  const alice = { kind: "user", sub: expect.any(String), username: "alice", groups: [] };
  const scopes = expect.any(Array);
  expect(await ask(old, recent)).toEqual({ ...alice, scopes });
  expect(await ask(recent, old)).toEqual({
    ...alice,
    scopes,
    issuer: expect.stringMatching(/^https:\/\/cognito-idp\.eu-west-1\.amazonaws\.com\/eu-west-1_/),
    signedInAt: expect.any(Number),
  });
});
