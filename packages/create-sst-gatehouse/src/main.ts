#!/usr/bin/env node
import { readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { createApp, FolderNotEmptyError } from "./create-app.ts";

const templates = join(import.meta.dirname, "../templates");
const names = readdirSync(templates).toSorted();
const usage = `Makes a new SST app behind Gatehouse.

  npm create sst-gatehouse@latest <folder> [-- --template <name>]

  --template  ${names.join(" or ")}; hello, a Hono API, when left out
  --help      this`;

try {
  console.log(await run());
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  console.error(error instanceof FolderNotEmptyError ? why : `${why}\n\n${usage}`);
  process.exitCode = 1;
}

/** @returns what to print. */
async function run(): Promise<string> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      template: { type: "string", default: "hello" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return usage;
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0)
    throw new TypeError("Name one folder for the new app.");
  if (!names.includes(values.template))
    throw new TypeError(`There is no template ${values.template}; there are ${names.join(", ")}.`);
  const template = join(templates, values.template);
  const { name } = await createApp({ template, folder });
  const named = name === basename(resolve(folder)) ? "" : `, and named the app ${name}`;
  // Whoever runs `pnpm create` goes on with pnpm.
  const [manager = "npm"] =
    /^(?:pnpm|yarn)(?=\/)/.exec(process.env.npm_config_user_agent ?? "") ?? [];
  const place = /\s/.test(folder) ? `"${folder}"` : folder;
  return `Made ${folder}${named}. Next:\n\n  cd ${place}\n  ${manager} install\n  ${manager} start`;
}
