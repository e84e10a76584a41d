import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { generateSW } from "workbox-build";

const dist = join(import.meta.dirname, "dist");

/** Workbox's own service worker, as text for the app to serve: navigations go to the network first. */
await mkdir(dist, { recursive: true });
const swDest = join(dist, "worker.js");
await generateSW({
  swDest,
  globDirectory: dist,
  globPatterns: ["nothing-is-precached"],
  inlineWorkboxRuntime: true,
  sourcemap: false,
  skipWaiting: true,
  clientsClaim: true,
  runtimeCaching: [
    { urlPattern: ({ request }) => request.mode === "navigate", handler: "NetworkFirst" },
  ],
});
const text = await readFile(swDest, "utf8");
await writeFile(join(dist, "worker.ts"), `export const worker = ${JSON.stringify(text)};\n`);
