// @ts-check
// Runs before AWS's runtime client in every execution environment (`node --import`).
import fs from "node:fs";
import Module, { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import os from "node:os";
import path from "node:path";

import { installClock } from "./clock.mjs";
import { restrictNetwork } from "./network.mjs";
import { createRapidClient } from "./rapid-client.mjs";
import { lifelineDescriptor, settingsVariable } from "./settings.mjs";

/** @type {import("./settings.mjs").Settings} */
const settings = JSON.parse(process.env[settingsVariable] ?? "");
delete process.env[settingsVariable];

endWithTheStack();
clearUpAtExit(settings.temporaryDirectory);
const setClockOffset = installClock(settings.clockOffsetMs);
restrictNetwork(settings);
keepModulesInside(process.env.LAMBDA_TASK_ROOT ?? "");
os.tmpdir = () => settings.temporaryDirectory;
provideNativeClient(createRapidClient(settings.runtimeApi, setClockOffset));
syncBuiltinESMExports();

/** A stack that was killed cannot end its children, and its pipe closes all the same. */
function endWithTheStack() {
  const lifeline = new net.Socket({ fd: lifelineDescriptor, readable: true, writable: false });
  lifeline.on("error", () => {});
  lifeline.once("close", () => process.exit(1));
  lifeline.resume();
  lifeline.unref();
}

/**
 * The stack removes the directory too, unless it was killed. Then the pipe or the Runtime API is the first to notice.
 *
 * @param {string} temporaryDirectory
 */
function clearUpAtExit(temporaryDirectory) {
  process.once("exit", () => fs.rmSync(temporaryDirectory, { recursive: true, force: true }));
}

/**
 * Packages are looked for in the bundle only. Above it they could not be read, and the function would be told so
 * instead of which package is missing.
 *
 * @param {string} taskRoot
 */
function keepModulesInside(taskRoot) {
  const nodeModulePaths = Reflect.get(Module, "_nodeModulePaths");
  Reflect.set(Module, "_nodeModulePaths", (/** @type {string} */ from) => {
    /** @type {string[]} */
    const directories = Reflect.apply(nodeModulePaths, Module, [from]);
    return directories.filter((directory) => directory.startsWith(taskRoot + path.sep));
  });
  const { NODE_PATH = "" } = process.env;
  process.env.NODE_PATH = NODE_PATH.split(path.delimiter)
    .filter((directory) => `${directory}${path.sep}`.startsWith(taskRoot + path.sep))
    .join(path.delimiter);
  Reflect.apply(Reflect.get(Module, "_initPaths"), Module, []);
  process.env.NODE_PATH = NODE_PATH;
}

/**
 * Stands in for the native addon of aws-lambda-ric, which would need a C++ toolchain to build.
 *
 * @param {ReturnType<typeof createRapidClient>} client
 */
function provideNativeClient(client) {
  const load = Reflect.get(Module, "_load");
  Reflect.set(
    Module,
    "_load",
    (/** @type {string} */ request, /** @type {unknown[]} */ ...rest) => {
      if (request !== "./rapid-client.node") return Reflect.apply(load, Module, [request, ...rest]);
      Reflect.set(Module, "_load", load); // asked for once, before the function's own code
      return client;
    },
  );
}
