import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { delimiter } from "node:path";

import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { inOwnNetwork, whyNoOwnNetwork } from "./own-network.ts";

const why = whyNoOwnNetwork();

/** Runs a program on Node in an isolated network. */
function run(program: string): Promise<string> {
  const [command, ...args] = inOwnNetwork([process.execPath, "--eval", program]);
  return new Promise((resolve, reject) => {
    execFile(command, args, (error, out) => (error === null ? resolve(out.trim()) : reject(error)));
  });
}

describe("an isolated network", () => {
  beforeEach(({ skip }) => skip(why !== undefined, why));

  test("has a loopback interface, on which it finds itself, and no other", async () => {
    const program = `
      const server = require("node:http").createServer((_, answer) => answer.end("found"));
      server.listen(0, async () => {
        const answer = await fetch("http://127.0.0.1:" + server.address().port);
        const names = Object.keys(require("node:os").networkInterfaces());
        console.log(await answer.text(), names.join());
        process.exit();
      });`;
    expect(await run(program)).toBe("found lo");
  });

  test("leads neither out nor in", async () => {
    const server = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const asking = `fetch("http://127.0.0.1:${port}").then(() => "reached", (error) => error.cause.code).then(console.log)`;
    expect(await run(asking)).toBe("ECONNREFUSED");
    const listening = `
      const server = require("node:http").createServer().listen(0, "0.0.0.0", () => {
        fetch("http://127.0.0.1:" + server.address().port).catch(() => {});
        console.log(server.address().port);
        setTimeout(process.exit, 500);
      });`;
    const open = Number(await run(listening));
    await expect(fetch(`http://127.0.0.1:${open}`)).rejects.toThrow("fetch failed");
  });
});

test("says why there is none, and what to do", async () => {
  const bin = await temporaryTree({
    unshare: "#!/bin/sh\necho 'unshare failed: Operation not permitted' >&2\nexit 1\n",
  });
  vi.stubEnv("PATH", [bin, "/usr/bin", "/bin"].join(delimiter));
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(whyNoOwnNetwork()).toBe(
    process.platform === "linux"
      ? "this kernel does not give a process an isolated network (unshare failed: Operation not permitted): allow unprivileged user namespaces, or run as root"
      : "only Linux can give a process an isolated network",
  );
});
