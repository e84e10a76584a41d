import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";

import { expect, test } from "vitest";

const main = join(import.meta.dirname, "main.ts");

/** Runs the command on a machine without AWS: no credentials, no profile, no instance to ask. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [main, ...args], {
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
  [["--help"], "pnpm run doctor "],
  [["outputs", "--help"], "pnpm outputs --stage <name>"],
  [["users", "--help"], "pnpm users add <username>"],
  [["users", "add", "--help"], "pnpm users add <username>"],
  [["doctor", "--help"], "pnpm run doctor --stage <name> [--json]"],
  [["prove", "--help"], "pnpm run prove --stage <name>"],
  [["sweep", "-h"], "pnpm sweep [--stage <name>] [--yes]"],
])("explains itself for %j", async (args, text) => {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(text);
});

test.each([
  [[], "Choose a command: "],
  [["deploy"], "There is no command deploy: "],
  [["outputs"], "--stage is needed: the name you gave to `sst deploy --stage`. See"],
  [["outputs", "--stage"], "See pnpm outputs --help."],
  [["outputs", "--stage", "dev", "--jsn"], "'--jsn'"],
  [["outputs", "dev"], "'dev'"],
  [["outputs", "--stage", "live"], "looks like production"],
  [["users"], "Choose what to do: add, revoke. See pnpm users --help."],
  [["users", "remove", "carol"], "There is no command users remove; choose one of add"],
  [["users", "add", "carol"], "--stage is needed"],
  [["sweep", "--stage", "Dev_1"], "lower-case letters"],
  [["sweep", "--force"], "'--force'"],
  [["doctor"], "--stage is needed"],
  [["prove", "--stage", "production"], "add --production-too"],
  [["doctor", "--stage", "dev", "--fix"], "'--fix'"],
])("refuses %j in one line that says what to do", async (args, text) => {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain(text);
  expect(stderr).toContain("--help");
});

test.each([
  [["outputs", "--stage", "dev"], "The outputs of stage dev cannot be read"],
  [["users", "add", "carol", "--stage", "dev", "--no-invitation"], "The outputs of stage dev"],
  [["doctor", "--stage", "dev", "--json"], "The outputs of stage dev cannot be read"],
  [["prove", "--stage", "dev"], "The guard that stage dev uses cannot be determined"],
  [["sweep", "--yes"], "The guards in this account cannot be listed"],
])("says for %j that there are no credentials, and where they come from", async (args, text) => {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(text);
  expect(stderr).toContain("no AWS credentials were found. Set AWS_PROFILE");
  expect(stderr.trim().split("\n")).toHaveLength(1);
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
