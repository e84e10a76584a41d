import { registerHooks } from "node:module";

// Preloaded into a build: what it imports as esbuild is `kept-builds.ts`, and only that imports esbuild itself.

const { search } = new URL(import.meta.url);
const standIn = new URL(`./kept-builds.ts${search}`, import.meta.url).href;
let importer: string | undefined;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== "esbuild") return next(specifier, context);
    if (context.parentURL === standIn)
      // As the build would find it.
      return next(specifier, { ...context, parentURL: importer });
    importer ??= context.parentURL;
    return { url: standIn, shortCircuit: true };
  },
});
