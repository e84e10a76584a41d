import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";

import { expect, test } from "vitest";

import { foreignApp } from "../test/foreign-app.ts";

const main = join(import.meta.dirname, "main.ts");

/** Runs the command on a machine without AWS: no credentials, no profile, no instance to ask. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: await foreignApp(),
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      ...env,
    },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => (stdout += String(text)));
  child.stderr.on("data", (text) => (stderr += String(text)));
  await once(child, "close");
  return { code: child.exitCode, stdout, stderr };
}

test.each([
  [["sweep", "-h"], 0, "gatehouse sweep [--stage <name>] [--yes]"],
  [["outputs", "--stage", "dev", "--jsn"], 2, "'--jsn'"],
  [["outputs", "--stage", "dev"], 1, "no AWS credentials were found. Set AWS_PROFILE"],
])("%j exits with %i", async (args, expected, text) => {
  const { code, stdout, stderr } = await run(args);
  expect(code).toBe(expected);
  expect(code === 0 ? [stdout, stderr] : [stderr, stdout]).toEqual([
    expect.stringContaining(text),
    "",
  ]);
});

test("sweeps in us-east-1, where the guards are", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization?.split("/")[2]}`);
    response.writeHead(200, { "content-type": "application/json" });
    response.end('{"Functions":[]}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const { code, stdout } = await run(["sweep"], {
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_REGION: "ap-south-1",
  });
  server.close();
  expect({ code, stdout }).toEqual({ code: 0, stdout: "There is nothing to sweep.\n" });
  expect(asked).toEqual(["GET /2015-03-31/functions us-east-1"]);
});
