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

const exampleRole = {
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  sessionToken: "session-token",
};

export interface BuiltGuard {
  readonly handle: (event: CloudFrontRequestEvent) => Promise<CloudFrontRequestResult>;
  /** Gives the environment back, too. */
  close(): Promise<void>;
}

/**
 * Builds the guard as it is deployed, with the rules of these tests, and loads it into this process, for tests that ask it
 * very often. It reads its role's credentials from the environment at each request, as on Lambda, and so they are put
 * there; it goes by the machine's clock.
 *
 * @param onLine gets each line that it would log.
 * @param role whose credentials it signs with.
 */
export async function loadBuiltGuard(
  guardSettings: GuardSettings,
  onLine: (line: string) => void,
  role = exampleRole,
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
  const environment = { ...process.env };
  const variables = {
    AWS_ACCESS_KEY_ID: role.accessKeyId,
    AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
    AWS_SESSION_TOKEN: role.sessionToken,
  };
  Object.assign(process.env, variables);
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
    async close() {
      for (const name of Object.keys(variables)) delete process.env[name];
      Object.assign(process.env, environment);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
