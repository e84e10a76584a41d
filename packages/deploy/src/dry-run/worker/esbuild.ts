import { createRequire } from "node:module";
import { join } from "node:path";

/** As much as is used here of the bundler that SST brings. */
export interface Esbuild {
  build(options: BuildOptions): Promise<BuildResult>;
}

export interface BuildOptions {
  readonly [option: string]: unknown;
  readonly plugins?: readonly Plugin[];
}

export interface BuildResult {
  readonly metafile?: {
    readonly inputs: Readonly<
      Record<
        string,
        { readonly imports: readonly { readonly path: string; readonly kind: string }[] }
      >
    >;
    readonly outputs: Readonly<Record<string, { readonly exports: readonly string[] }>>;
  };
}

export interface Plugin {
  readonly name: string;
  readonly setup: (build: PluginBuild) => void;
}

export interface Resolved {
  readonly path?: string;
  readonly external?: boolean;
  readonly errors?: readonly Message[];
}

export interface PluginBuild {
  onResolve(
    filter: { readonly filter: RegExp },
    callback: (found: {
      readonly path: string;
      readonly importer: string;
      readonly kind: string;
      readonly resolveDir: string;
      readonly pluginData: unknown;
    }) => Resolved | undefined | Promise<Resolved | undefined>,
  ): void;
  onLoad(
    filter: { readonly filter: RegExp },
    callback: (found: {
      readonly path: string;
    }) => { readonly contents: string; readonly loader: string } | undefined,
  ): void;
  resolve(path: string, options: object): Promise<Resolved & { readonly path: string }>;
}

export interface Message {
  readonly text: string;
  readonly location?: {
    readonly file: string;
    readonly line: number;
    readonly column: number;
  } | null;
}

/** @param platform `.sst/platform` */
export function loadEsbuild(platform: string): Esbuild {
  return createRequire(join(platform, "package.json"))("esbuild");
}

/** What a build has failed for, each with its place; undefined for an error of another kind. */
export function messagesOf(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Error) || !("errors" in error) || !Array.isArray(error.errors))
    return undefined;
  const messages: readonly Message[] = error.errors;
  return messages.map(({ text, location }) =>
    location === undefined || location === null
      ? text
      : `${location.file}:${location.line}:${location.column} ${text}`,
  );
}

/** What an ES module needs so that CommonJS can be bundled into it. */
export const commonJsInEsm = [
  'import { createRequire as requireFor } from "node:module";',
  'import { fileURLToPath as pathOf } from "node:url";',
  "const require = requireFor(import.meta.url);",
  "const __filename = pathOf(import.meta.url);",
  'const __dirname = pathOf(new URL(".", import.meta.url));',
  "",
].join("\n");
