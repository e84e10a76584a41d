import { constants } from "node:fs";
import { cp, mkdir, readdir, realpath, symlink } from "node:fs/promises";
import { basename, join, relative } from "node:path";

/** What no config needs, or what must not be copied: builds, states of real deployments, `.env`. */
const leftOut = /^(?:\..+|node_modules|dist|vectors|.+\.test\.ts)$/;

/**
 * Copies a project's sources, to be changed and evaluated at will. The installed packages are shared, but for the
 * workspace's own, which are the copied ones.
 *
 * @param to has to exist.
 */
export async function copySources(root: string, to: string): Promise<void> {
  const names = (await readdir(root)).filter((name) => !leftOut.test(name));
  await Promise.all(
    names.map((name) =>
      cp(join(root, name), join(to, name), {
        recursive: true,
        verbatimSymlinks: true,
        mode: constants.COPYFILE_FICLONE,
        // A package's own node_modules is a directory of links, which lead to the copied packages.
        filter: (path) => basename(path) === "node_modules" || isKept(relative(root, path)),
      }),
    ),
  );
  await shareInstalled(root, to);
}

function isKept(path: string): boolean {
  return path.includes("node_modules/") || !leftOut.test(basename(path));
}

async function shareInstalled(root: string, to: string): Promise<void> {
  const from = join(root, "node_modules");
  const target = join(to, "node_modules");
  const entries = await readdir(from).catch(() => []); // nothing is installed
  await mkdir(target);
  await Promise.all(
    entries.map(async (name) => {
      if (!name.startsWith("@")) return shareEntry(root, to, name);
      await mkdir(join(target, name));
      const scoped = await readdir(join(from, name));
      await Promise.all(scoped.map((inner) => shareEntry(root, to, `${name}/${inner}`)));
    }),
  );
}

async function shareEntry(root: string, to: string, name: string): Promise<void> {
  const installed = await realpath(join(root, "node_modules", name));
  const own = relative(await realpath(root), installed);
  const isOwn = !own.startsWith("..") && !own.split("/").includes("node_modules");
  await symlink(
    isOwn ? join(to, own) : join(root, "node_modules", name),
    join(to, "node_modules", name),
  );
}
