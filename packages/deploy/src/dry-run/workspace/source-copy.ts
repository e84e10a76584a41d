import { constants } from "node:fs";
import { copyFile, mkdir, readdir, readlink, realpath, symlink } from "node:fs/promises";
import { join, relative } from "node:path";

/** What no config needs, or what must not be copied: caches, states of real deployments, `.env`. */
const leftOut = /^(?:\..+|.+\.test\.ts)$/;

/**
 * Copies a project's sources, to be changed and evaluated at will. The installed packages are shared, wherever they lie, but
 * for the workspace's own, which are the copied ones.
 *
 * @param to has to exist.
 */
export async function copySources(root: string, to: string): Promise<void> {
  const real = await realpath(root);
  const copyDirectory = async (path: string): Promise<void> => {
    const entries = await readdir(join(root, path), { withFileTypes: true });
    await Promise.all(
      entries.map(async (entry) => {
        const inside = join(path, entry.name);
        if (entry.name === "node_modules") return shareInstalled(inside);
        if (leftOut.test(entry.name)) return;
        if (entry.isDirectory()) {
          await mkdir(join(to, inside));
          return copyDirectory(inside);
        }
        if (entry.isSymbolicLink()) return copyLink(inside);
        // A socket or a pipe that a program has left there is no source.
        if (!entry.isFile()) return;
        return copyFile(join(root, inside), join(to, inside), constants.COPYFILE_FICLONE);
      }),
    );
  };
  /** One that leads out of the project has to lead there from the copy, too. */
  const copyLink = async (path: string): Promise<void> => {
    const target = await realpath(join(root, path)).catch(() => undefined);
    const inside = target === undefined || isIn(target, real);
    await symlink(inside ? await readlink(join(root, path)) : target, join(to, path));
  };
  const shareInstalled = async (path: string): Promise<void> => {
    await mkdir(join(to, path));
    const entries = await readdir(join(root, path));
    await Promise.all(
      entries.map((name) =>
        name.startsWith("@") ? shareInstalled(join(path, name)) : shareEntry(join(path, name)),
      ),
    );
  };
  const shareEntry = async (path: string): Promise<void> => {
    // A link may lead nowhere, as those of a package manager do that was stopped.
    const installed = await realpath(join(root, path)).catch(() => undefined);
    if (installed === undefined) return;
    const own = relative(real, installed);
    const isOwn = isIn(installed, real) && !own.split("/").includes("node_modules");
    await symlink(isOwn ? join(to, own) : join(root, path), join(to, path));
  };
  await copyDirectory("");
}

function isIn(path: string, folder: string): boolean {
  return `${path}/`.startsWith(`${folder}/`);
}

/**
 * Puts a link to each neighbour of a project beside its copy, and to the neighbours of each folder above: in a monorepo, an
 * app's files name others by `../`, `tsconfig.json` extends one above, and packages are installed there.
 *
 * @param from the topmost folder of them, which the project is in.
 * @param path of the project from there.
 * @param to an empty folder that stands for the topmost one.
 */
export async function linkNeighbours(from: string, path: string, to: string): Promise<void> {
  const [next, ...rest] = path.split("/");
  if (next === undefined || next === "") return;
  const names = (await readdir(from)).filter((name) => name !== next && name !== ".git");
  await Promise.all(names.map((name) => symlink(join(from, name), join(to, name))));
  await mkdir(join(to, next));
  await linkNeighbours(join(from, next), rest.join("/"), join(to, next));
}
