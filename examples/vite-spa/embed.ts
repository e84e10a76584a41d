import { readdir, readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";

/**
 * What `vite build` makes for browsers, as a module of the function: the function is one bundle, and a small front end
 * travels in it. A large one belongs into a bucket.
 */
const folder = "dist";
const types: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

const files = await readdir(folder, { recursive: true, withFileTypes: true });
const entries = await Promise.all(
  files
    .filter((file) => file.isFile() && extname(file.name) in types)
    .map(async ({ parentPath, name }) => {
      const file = join(parentPath, name);
      const body = (await readFile(file)).toString("base64");
      return [`/${file.slice(folder.length + 1)}`, { type: types[extname(name)], body }] as const;
    }),
);
await writeFile(
  "dist/files.ts",
  `export const files: Record<string, { type: string; body: string }> = ${JSON.stringify(Object.fromEntries(entries))};\n`,
);
