import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { watchListeners, whyUnwatched } from "@sst-gatehouse/testkit/listeners";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { applyChange } from "../dry-run/workspace/source-change.ts";
import { copySources } from "../dry-run/workspace/source-copy.ts";
import type { PlanDocument } from "../review/plan/plan-document.ts";

const repository = join(import.meta.dirname, "../../../..");

// A machine that is busy with other things takes its time.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** A copy of the project with an app, stages and rules of this test's own. */
let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "gatehouse-plan-")));
  await copySources(repository, root);
  await symlink(join(repository, ".sst"), join(root, ".sst"));
  await writeFile(
    join(root, "stages.ts"),
    `import { defineStages } from "@sst-gatehouse/blueprint/stages";
export const app = { name: "shop", region: "eu-west-1" } as const;
export const stages = defineStages({ default: { peopleScopes: ["api/read"] } });
`,
  );
  await writeFile(
    join(root, "access.ts"),
    `import { defineAccess } from "@sst-gatehouse/core/access";
export const access = defineAccess({
  scopes: ["api/read", "api/write"],
  rules: {
    "/*": { groups: ["staff"] },
    "/me": "signed-in",
    "POST /hook": "anyone",
    "POST /orders/*": { scopes: ["api/write"] },
    "/orders/*": { groups: ["staff"], scopes: ["api/read"] },
  },
  examples: { "GET /orders/1": { staff: 200, alice: 403 } },
});
`,
  );
});
afterAll(() => rm(root, { recursive: true }));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Who could be reached from another machine meanwhile. */
  readonly listeners: readonly unknown[];
}

async function plan(...args: readonly string[]): Promise<Ran> {
  const main = join(root, "packages/sst-gatehouse-dev/src/main.ts");
  const child = spawn(process.execPath, [main, "plan", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  const watch = whyUnwatched === undefined ? await watchListeners(child.pid ?? 0) : undefined;
  const [stdout, stderr] = await ended;
  return { code: child.exitCode, stdout, stderr, listeners: (await watch?.stop()) ?? [] };
}

test("prints one document for policy tools, and nothing listens beyond loopback meanwhile", async () => {
  const { code, stdout, stderr, listeners } = await plan("--stage", "anna", "--json");
  expect({ code, stderr, listeners }).toEqual({
    code: 0,
    stderr: "Evaluating sst.config.ts …\n",
    listeners: [],
  });
  const document: PlanDocument = JSON.parse(stdout);
  const { resources, outputs, guard, ...rest } = document;
  expect(rest).toEqual({
    app: "shop",
    stage: "anna",
    unchecked: [],
    access: [
      { rule: "POST /orders/*", admits: "machines with the scope api/write" },
      {
        rule: "/orders/*",
        admits:
          "people in the group staff, with an access token that has the scope api/read; machines with the scope api/read",
      },
      { rule: "POST /hook", admits: "anyone, without signing in" },
      { rule: "/me", admits: "everyone who has signed in; every machine; every IAM service" },
      { rule: "/*", admits: "people in the group staff" },
    ],
    violations: [],
  });
  expect(Object.keys(document)).toEqual([
    "app",
    "stage",
    "resources",
    "unchecked",
    "access",
    "guard",
    "outputs",
    "violations",
  ]);
  expect(resources.find(({ name }) => name === "GateWebClient")?.inputs).toMatchObject({
    allowedOauthScopes: ["openid", "email", "profile", "api/read"],
  });
  const { version } = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
  const found = resources.find(({ name }) => name === "shop-anna-Guard");
  expect(found).toMatchObject({
    type: "aws:lambda/function:Function",
    region: "us-east-1",
    inputs: { publish: true, runtime: "nodejs22.x" },
    options: {},
  });
  const archived: { code?: { archive?: Record<string, { sha256: string }> } } = Object(
    found?.inputs,
  );
  const { archive = {} } = archived.code ?? {};
  const files = Object.keys(archive).filter((file) => file.endsWith(".cjs"));
  const lines = files.toSorted().map((file) => `${archive[file]?.sha256}  ${file}\n`);
  const sha256 = createHash("sha256").update(lines.join("")).digest("hex");
  expect(files).toContain("lambda.cjs");
  expect(guard).toEqual({ version, sha256 });
  expect(outputs).toMatchObject({
    region: "eu-west-1",
    appUrl: expect.stringMatching(/^https:\/\/d[0-9a-f]{13}\.cloudfront\.net$/),
  });
  const written = resources.find(({ name }) => name === "GateParameter-outputs");
  expect(written?.inputs).toMatchObject({ value: "[secret]" });
  expect(stdout).not.toContain("<secret>");
});

test("says in words for people whom each rule admits, too", async () => {
  const { code, stdout } = await plan("--stage", "anna");
  expect(code).toBe(0);
  const from = stdout.indexOf("Protected by access.ts");
  expect(stdout.slice(from, stdout.indexOf("\n\n", from))).toBe(`Protected by access.ts
  POST /orders/*  machines with the scope api/write
  /orders/*       people in the group staff, with an access token that has the scope api/read;
                  machines with the scope api/read
  /me             everyone who has signed in; every machine; every IAM service
  /*              people in the group staff`);
  expect(stdout).toMatch(/^ {2}scopes +api\/read, in people's access tokens$/m);
});

test("prints the document too when a rule is broken, and exits with 1", async () => {
  const change = {
    file: "packages/sst-gatehouse/src/component/guard.ts",
    from: "skipDestroy: true,",
    to: "skipDestroy: false,",
  };
  await applyChange(root, change);
  await applyChange(root, { file: "access.ts", from: "alice: 403", to: "alice: 200" });
  const { code, stdout, listeners } = await plan("--stage", "anna", "--json");
  expect([code, listeners]).toEqual([1, []]);
  const { violations }: PlanDocument = JSON.parse(stdout);
  expect(violations.map(({ rule, resource }) => [rule, resource])).toEqual([
    ["guard-left-behind", "aws:lambda/function:Function::shop-anna-Guard"],
    ["access-example", "example::GET /orders/1"],
  ]);
  expect(Object.keys(violations[0] ?? {})).toEqual(["rule", "resource", "what", "mend"]);
  expect(violations[0]?.mend).toMatch(/skipDestroy/);
  expect(violations[1]).toMatchObject({
    what: 'says 200 for alice, who is refused by "/orders/*" with 403 access_denied',
    mend: "change the rule or the example",
  });
});
