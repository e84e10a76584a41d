import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import type { CloudFrontRequestEvent, CloudFrontRequestResult } from "aws-lambda";

import { buildEdge } from "../build.ts";
import { writeAccess, writeSealing, writeSettings } from "../guard-data.ts";
import { access } from "./access.ts";
import { sealing } from "./test-browser.ts";

export interface BuiltGuard {
  readonly handle: (event: CloudFrontRequestEvent) => Promise<CloudFrontRequestResult>;
  close(): Promise<void>;
}

/**
 * Builds the guard as it is deployed, with the rules of these tests, and loads it into this process, for tests that ask it
 * very often. It reads its
 * role's credentials from the environment at each request, as on Lambda, and goes by the machine's clock.
 *
 * @param onLine gets each line that it would log.
 */
export async function loadBuiltGuard(
  guardSettings: GuardSettings,
  onLine: (line: string) => void,
): Promise<BuiltGuard> {
  const directory = await mkdtemp(join(tmpdir(), "gatehouse-guard-"));
  await buildEdge(directory);
  await Promise.all([
    writeSettings(directory, guardSettings),
    writeAccess(directory, access),
    writeSealing(directory, sealing),
  ]);
  const { stackTraceLimit } = Error;
  const { handler }: { handler: BuiltGuard["handle"] } = createRequire(import.meta.url)(
    join(directory, "lambda.cjs"),
  );
  // The guard takes no stack traces; its tests want them.
  Error.stackTraceLimit = stackTraceLimit;
  const write = process.stdout.write.bind(process.stdout);
  return {
    async handle(event) {
      process.stdout.write = (line) => {
        onLine(String(line));
        return true;
      };
      try {
        return await handler(event);
      } finally {
        process.stdout.write = write;
      }
    },
    close: () => rm(directory, { recursive: true, force: true }),
  };
}
