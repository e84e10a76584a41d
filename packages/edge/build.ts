import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";

import { build, transform, type BuildOptions } from "esbuild";

import { compileAtOnce } from "./bundler/compile-at-once.ts";
import { seldomLibraries } from "./bundler/seldom-libraries.ts";
import { withoutModelledErrors } from "./bundler/without-modelled-errors.ts";

const source = join(import.meta.dirname, "src");
const replacements = join(import.meta.dirname, "bundler/replacements");

/** Loaded when needed, each with what it brings along. */
const lazyFiles = [
  "responses",
  "libraries",
  "trust/parameters",
  "trust/fetch-key-set",
  "trust/stage-revocations",
  "session/sessions",
  "resource",
];

/** The file that every request loads. Reading and compiling it is half of a cold start, so its size has a limit. */
const hotPath = { file: "lambda.cjs", maxBytes: 44_000, maxGzipBytes: 16_000 };

/** Its longer functions that few of the requests call which are forwarded for a token. They are compiled when they are called. */
const calledSeldom = [
  "answered",
  "causeOf",
  "combineHabits",
  "declaredBodyHash",
  "decode",
  "decodeComponent",
  "forgetOldest",
  "isNavigation",
  "isServicePrincipal",
  "isWithoutDestination",
  "judgeCaller",
  "listedCookies",
  "metricsOf",
  "parseQuery",
  "pick",
  "readScopes",
  "refetch",
  "refuse",
  "refuseBrowser",
  "unchecked",
  "whyDenied",
];

/** Bytes of a built file, as it is and compressed. */
export interface BuiltFile {
  readonly file: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

export interface BuiltGuard {
  readonly files: readonly BuiltFile[];
  /** The sources that are in them, as absolute paths; other people's packages are among them. */
  readonly inputs: readonly string[];
}

/**
 * Builds the guard as it is deployed: `lambda.cjs`, and beside it what it loads only when needed: `parameters.cjs` with
 * the AWS SDK, `fetch-key-set.cjs`, `stage-revocations.cjs`, `responses.cjs` with the guard's own answers,
 * `sessions.cjs` with all that browsers need, and `resource.cjs` for apps that have one.
 *
 * CommonJS, because an ES module would load every lazy builtin at once; `module` before `main`, because only then can
 * esbuild leave out what the SDK's packages do not use. `lambda.cjs` is written so that V8 compiles it at once (decision 22).
 *
 * @param outdir made if missing; `settings.json`, `access.json` and `sealing.json` have to be put beside the bundle
 *   (`guard-data.ts`).
 * @throws {Error} with esbuild's messages, or when the hot path is over its byte budget.
 */
export async function buildEdge(outdir: string): Promise<BuiltGuard> {
  await mkdir(outdir, { recursive: true });
  const minified = {
    target: "node22",
    format: "cjs",
    minify: true,
    legalComments: "none",
    logLevel: "silent",
  } as const;
  const common: BuildOptions = {
    ...minified,
    bundle: true,
    platform: "node",
    mainFields: ["module", "main"],
    absWorkingDir: import.meta.dirname,
    metafile: true,
  };
  const built = await Promise.all([
    build({
      ...common,
      entryPoints: [join(source, "lambda.ts")],
      outfile: join(outdir, hotPath.file),
      external: lazyFiles.map((name) => `./${basename(name)}.cjs`),
      plugins: [seldomLibraries],
      // `compileAtOnce` goes by the functions' own names, and has no use for arrows.
      minify: false,
      supported: { arrow: false },
    }),
    build({
      ...common,
      entryPoints: lazyFiles.map((name) => join(source, `${name}.ts`)),
      outdir,
      entryNames: "[name]",
      outExtension: { ".js": ".cjs" },
      alias: {
        "@aws-sdk/credential-provider-node": join(replacements, "no-credential-chain.ts"),
        "node:fs/promises": join(replacements, "nothing.ts"),
        "node:zlib": join(replacements, "nothing.ts"),
      },
      plugins: [withoutModelledErrors],
    }),
  ]);
  const hot = join(outdir, hotPath.file);
  const { code } = await transform(
    compileAtOnce(await readFile(hot, "utf8"), calledSeldom),
    minified,
  );
  await writeFile(hot, code);
  const files = await Promise.all(
    [hotPath.file, ...lazyFiles.map((name) => `${basename(name)}.cjs`)].map((file) =>
      measure(outdir, file),
    ),
  );
  for (const { file, bytes, gzipBytes } of files) {
    if (file === hotPath.file && (bytes > hotPath.maxBytes || gzipBytes > hotPath.maxGzipBytes)) {
      throw new Error(
        `${file} is ${bytes} bytes (${gzipBytes} compressed); the budget is ${hotPath.maxBytes} (${hotPath.maxGzipBytes})`,
      );
    }
  }
  const inputs = built.flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {}));
  return { files, inputs: inputs.map((input) => join(import.meta.dirname, input)) };
}

async function measure(outdir: string, file: string): Promise<BuiltFile> {
  const content = await readFile(join(outdir, file));
  return { file, bytes: content.length, gzipBytes: gzipSync(content, { level: 9 }).length };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { outdir: { type: "string", default: join(import.meta.dirname, "dist") } },
  });
  const { outdir } = values;
  const { files } = await buildEdge(outdir);
  for (const { file, bytes, gzipBytes } of files) {
    console.log(
      `${relative(process.cwd(), join(outdir, file))}  ${bytes} bytes, ${gzipBytes} compressed`,
    );
  }
}
