import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";
import { parse } from "yaml";

import { app } from "../stages.ts";

const folder = join(import.meta.dirname, "../.github/workflows");
const read = (file: string) => readFileSync(join(folder, file), "utf8");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly needs?: string | readonly string[];
  readonly uses?: string;
  readonly environment?: string | { readonly name?: string };
  readonly permissions?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}
const parseWorkflow = (text: string): Workflow => parse(text);

const ours = ["check.yml", "deploy.yml", "release.yml"];

test.each(ours)("%s runs no unpinned code and hands out nothing", (file) => {
  expect(lint(read(file))).toEqual([]);
});

test("no other workflow gets at the environments that may deploy and publish", () => {
  const others = readdirSync(folder).filter((file) => !ours.includes(file));
  expect(others.flatMap((file) => lintAdded(read(file)).map((what) => `${file}: ${what}`))).toEqual(
    [],
  );
});

test.each([
  ["nothing about a workflow of an adopter's own", "", []],
  [
    "a job in the environment that may deploy",
    "    environment: production\n",
    ["test: runs in the environment that may deploy"],
  ],
  [
    "a job in the environment that may publish",
    "    environment: npm\n",
    ["test: runs in the environment that may publish"],
  ],
  [
    "the same environment, written out",
    "    environment:\n      name: production\n",
    ["test: runs in the environment that may deploy"],
  ],
  [
    "an environment that only a run knows",
    "    environment: ${{ inputs.environment }}\n",
    ["test: runs in an environment that only a run knows"],
  ],
])("of an added workflow, notices %s", (_what, more, findings) => {
  const added = `on:\n  pull_request:\njobs:\n  test:\n    runs-on: ubuntu-latest\n${more}    steps:\n      - uses: someones/action@v1\n`;
  expect(lintAdded(added)).toEqual(findings);
});

test("every push and pull request is checked by what a person would run", () => {
  const { on, jobs } = parseWorkflow(read("check.yml"));
  expect(on).toEqual({
    push: { branches: ["**"] },
    pull_request: null,
    workflow_call: null,
  });
  expect(jobs["check"]?.steps?.at(-1)?.run).toBe("bash .ci/run");
});

test("every push and pull request is attacked, in a job of its own", () => {
  const { jobs } = parseWorkflow(read("check.yml"));
  expect(jobs["attack"]?.needs).toBeUndefined();
  expect(jobs["attack"]?.steps?.at(-1)?.run).toBe("npx --yes pnpm@10.34.9 test:attack");
});

test("every push is also evaluated by SST 4", () => {
  const { jobs } = parseWorkflow(read("check.yml"));
  expect(jobs["sst4"]).not.toHaveProperty("if");
  expect(jobs["sst4"]).not.toHaveProperty("needs");
  expect(jobs["sst4"]?.steps?.at(-1)?.run).toBe("npx --yes pnpm@10.34.9 test:sst4");
});

test("a deploy starts from a version tag, and waits for the check and the plan", () => {
  const { on, jobs } = parseWorkflow(read("deploy.yml"));
  expect(on).toEqual({ push: { tags: ["v*"] } });
  expect(jobs["check"]).toEqual({ uses: "./.github/workflows/check.yml" });
  expect(jobs["plan"]?.needs).toBe("check");
  expect(jobs["plan"]?.steps?.at(-1)?.run).toBe("corepack pnpm plan --stage production");
  expect(jobs["install"]?.needs).toBe("check");
  expect(jobs["deploy"]?.needs).toEqual(["plan", "install"]);
});

test("packages are published from a tag of theirs, after the check, as they were packed", () => {
  const { on, jobs } = parseWorkflow(read("release.yml"));
  expect(on).toEqual({ push: { tags: ["packages-v*"] } });
  expect(jobs["check"]).toEqual({ uses: "./.github/workflows/check.yml" });
  expect(jobs["package"]?.needs).toBe("check");
  expect(jobs["package"]?.steps?.flatMap(({ run }) => run ?? [])).toEqual([
    "corepack pnpm install --frozen-lockfile",
    `test "$GITHUB_REF_NAME" = "packages-v$(node --print 'require("./package.json").version')"`,
    "corepack pnpm run package",
  ]);
  expect(jobs["publish"]?.needs).toBe("package");
  expect(jobs["publish"]?.environment).toBe("npm");
});

test.each([
  ["packs what people install, and uses it as they do", "adopt"],
  ["runs the examples, and other people's frameworks and clients", "examples"],
])("every push %s", (_what, name) => {
  const { jobs } = parseWorkflow(read("check.yml"));
  expect(jobs[name]).not.toHaveProperty("if");
  expect(jobs[name]).not.toHaveProperty("needs");
  expect(jobs[name]?.steps?.at(-1)?.run).toBe(`npx --yes pnpm@10.34.9 test:${name}`);
});

test("workflows become a role in the region that stages.ts names", () => {
  const found = readdirSync(folder).flatMap((file) =>
    Object.values(parseWorkflow(read(file)).jobs)
      .flatMap(({ steps = [] }) => steps)
      .flatMap((step) => (step.with?.["aws-region"] === undefined ? [] : [step.with["aws-region"]]))
      .map((region) => ({ file, region })),
  );
  expect(found.length).toBeGreaterThan(0);
  for (const { file, region } of found)
    expect(region, `${file}: aws-region is not the region of stages.ts`).toBe(app.region);
});

const checkout = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1";
const download = "actions/download-artifact";
const unpack = 'tar --extract --file "$RUNNER_TEMP/installed.tar" --directory /';
const deploy = 'PATH="$PWD/node_modules/.bin:$PATH" sst deploy --stage production';

const setUp = "actions/setup-node";
const publish =
  'for package in packages/*.tgz; do npm publish "./$package" --access public --ignore-scripts; done';

const weakened: [what: string, file: string, from: string, to: string, findings: string[]][] = [
  [
    "an action by its tag",
    "check.yml",
    `${checkout} # v7.0.1`,
    "actions/checkout@v7 # v7.0.1",
    ["unpinned: actions/checkout@v7 # v7.0.1"],
  ],
  [
    "a hash without its version",
    "check.yml",
    `${checkout} # v7.0.1`,
    checkout,
    [`unpinned: ${checkout}`],
  ],
  [
    "another repository's workflow",
    "deploy.yml",
    "./.github/workflows/check.yml",
    "other/repository/.github/workflows/check.yml@main",
    ["unpinned: other/repository/.github/workflows/check.yml@main"],
  ],
  [
    "a trigger that runs strangers' code with our rights",
    "check.yml",
    "  pull_request:",
    "  pull_request_target:",
    ["trigger pull_request_target"],
  ],
  [
    "no permissions at the top",
    "check.yml",
    "permissions:\n  contents: read\n",
    "",
    ["permissions"],
  ],
  [
    "permission to write",
    "check.yml",
    "permissions:\n  contents: read\n",
    "permissions:\n  contents: write\n",
    ["permissions"],
  ],
  [
    "one more permission for a job",
    "deploy.yml",
    "      id-token: write\n",
    "      id-token: write\n      packages: write\n",
    ["deploy: packages: write"],
  ],
  [
    "identity tokens outside the environment",
    "deploy.yml",
    "    environment: production\n",
    "",
    ["deploy: id-token: write"],
  ],
  [
    "the repository's token left in the checkout",
    "check.yml",
    "persist-credentials: false",
    "persist-credentials: true",
    ["check: checkout keeps its token"],
  ],
  [
    "a stored key",
    "deploy.yml",
    "role-to-assume: ${{ vars.DEPLOY_ROLE_ARN }}",
    "aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}",
    ["secrets", "deploy: credentials"],
  ],
  [
    "the role from a secret",
    "deploy.yml",
    "vars.DEPLOY_ROLE_ARN",
    "secrets.DEPLOY_ROLE_ARN",
    ["secrets", "deploy: credentials"],
  ],
  [
    "a script that strangers write a part of",
    "check.yml",
    "run: bash .ci/run",
    "run: echo ${{ github.event.pull_request.title }}",
    ["check: expression in a script"],
  ],
  [
    "more than the deploy beside the credentials",
    "deploy.yml",
    "sst deploy --stage production\n",
    "sst deploy --stage production\n      - run: npx --yes something\n",
    ["deploy: npx", "deploy: beside the credentials: npx --yes something"],
  ],
  [
    "an action beside the credentials",
    "deploy.yml",
    "sst deploy --stage production\n",
    `sst deploy --stage production\n      - uses: ${checkout.replace("actions/checkout", "some/action")} # v1.0.0\n`,
    ["deploy: beside the credentials: some/action"],
  ],
  [
    "installing where credentials can be asked for",
    "deploy.yml",
    `run: ${unpack}`,
    "run: corepack pnpm install --frozen-lockfile",
    ["deploy: can ask for credentials: corepack pnpm install --frozen-lockfile"],
  ],
  [
    "installing beside what unpacks",
    "deploy.yml",
    `run: ${unpack}`,
    `run: ${unpack} && corepack pnpm install --frozen-lockfile`,
    [`deploy: can ask for credentials: ${unpack} && corepack pnpm install --frozen-lockfile`],
  ],
  [
    "an action that can ask for credentials",
    "deploy.yml",
    "      - name: Unpack it",
    `      - uses: ${checkout.replace("actions/checkout", "some/action")} # v1.0.0\n      - name: Unpack it`,
    ["deploy: can ask for credentials: some/action"],
  ],
  [
    "the means to ask for credentials without the step that does",
    "deploy.yml",
    "    needs: check\n    runs-on: ubuntu-24.04\n    timeout-minutes: 20\n    steps:\n      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1\n        with:\n          persist-credentials: false\n\n      - name: Install\n        run: |",
    "    needs: check\n    environment: production\n    permissions:\n      id-token: write\n    runs-on: ubuntu-24.04\n    timeout-minutes: 20\n    steps:\n      - name: Install\n        run: |",
    [
      "install: can ask for credentials: corepack pnpm install --frozen-lockfile\ncorepack pnpm sst install --stage production\n",
      'install: can ask for credentials: tar --create --file "$RUNNER_TEMP/installed.tar" --directory / "${PWD#/}" "${HOME#/}/.config/sst"',
      "install: can ask for credentials: actions/upload-artifact",
    ],
  ],
  [
    "a package manager that nobody has compared with its hash, where a deploy is made",
    "deploy.yml",
    "run: corepack pnpm plan",
    "run: npx --yes pnpm@10.34.9 plan",
    ["plan: npx"],
  ],
  [
    "installing what the lockfile does not hold",
    "deploy.yml",
    "install --frozen-lockfile",
    "install",
    ["plan: install without the lockfile"],
  ],
  [
    "more than the publishing beside the means to publish",
    "release.yml",
    "      # npm adds the provenance by itself.\n",
    "      - run: node packages/more.js\n",
    ["publish: can publish: node packages/more.js"],
  ],
  [
    "an action that can publish",
    "release.yml",
    "      # npm adds the provenance by itself.\n",
    `      - uses: ${checkout.replace("actions/checkout", "some/action")} # v1.0.0\n`,
    ["publish: can publish: some/action"],
  ],
  [
    "packages that run something when they are published",
    "release.yml",
    " --ignore-scripts",
    "",
    ["publish: npx", `publish: can publish: ${publish.replace(" --ignore-scripts", "")}`],
  ],
  [
    "identity tokens to publish with, outside the environment",
    "release.yml",
    "    environment: npm\n",
    "",
    [
      "publish: id-token: write",
      "publish: can ask for credentials: actions/setup-node",
      `publish: can ask for credentials: ${publish}`,
    ],
  ],
  ["a job without an end", "check.yml", "    timeout-minutes: 60\n", "", ["check: no timeout"]],
];

test.each(weakened)("notices %s", (_what, file, from, to, findings) => {
  const text = read(file);
  expect(text).toContain(from);
  expect(lint(text.replace(from, () => to))).toEqual(findings);
});

/** What an environment lets its jobs do. The deploy role and npm trust it, and nothing else. */
const trusted: Readonly<Record<string, string>> = { production: "deploy", npm: "publish" };

/** The deploy role trusts the environment, whichever workflow runs in it. Everything else is its author's to decide. */
function lintAdded(text: string): string[] {
  return Object.entries(parseWorkflow(text).jobs).flatMap(([name, { environment }]) => {
    const called = typeof environment === "object" ? environment.name : environment;
    const may = called === undefined ? undefined : trusted[called];
    if (may !== undefined) return [`${name}: runs in the environment that may ${may}`];
    return called?.includes("${{") === true
      ? [`${name}: runs in an environment that only a run knows`]
      : [];
  });
}

/** What is wrong with a workflow of ours; nothing, in the order of these lines. */
function lint(text: string): string[] {
  const { on, permissions, jobs } = parseWorkflow(text);
  return [
    ...Object.keys(on)
      .filter((trigger) => !["push", "pull_request", "workflow_call"].includes(trigger))
      .map((trigger) => `trigger ${trigger}`),
    ...(JSON.stringify(permissions) === '{"contents":"read"}' ? [] : ["permissions"]),
    ...Array.from(text.matchAll(/\buses: *(.*)$/gm), ([, used = ""]) => used)
      .filter(
        (used) =>
          !/^(\.\/\.github\/workflows\/[\w-]+\.yml|[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/.test(
            used,
          ),
      )
      .map((used) => `unpinned: ${used}`),
    ...(/\bsecrets\b/.test(text.replaceAll(/#.*$/gm, "")) ? ["secrets"] : []),
    ...(text.includes("id-token") ? lintManager(jobs) : []),
    ...Object.entries(jobs).flatMap(([name, job]) =>
      lintJob(job).map((finding) => `${name}: ${finding}`),
    ),
  ];
}

/** What makes a deploy comes by a package manager that was compared with its hash, which npx does not do. */
function lintManager(jobs: Workflow["jobs"]): string[] {
  return Object.entries(jobs).flatMap(([name, { steps = [] }]) =>
    steps.some(({ run }) => run !== undefined && run !== publish && /\b(npx|npm)\b/.test(run))
      ? [`${name}: npx`]
      : [],
  );
}

function lintJob(job: Job): string[] {
  const { environment, permissions = {}, steps = [] } = job;
  const may = typeof environment === "string" ? trusted[environment] : undefined;
  const rights = may === undefined ? ["contents: read"] : ["contents: read", "id-token: write"];
  const runs = steps.flatMap(({ run }) => run ?? []);
  return [
    ...Object.entries(permissions)
      .map(([name, right]) => `${name}: ${right}`)
      .filter((right) => !rights.includes(right)),
    ...(job.uses === undefined && job["timeout-minutes"] === undefined ? ["no timeout"] : []),
    ...(steps.some(
      (step) => isUse(step, "actions/checkout") && step.with?.["persist-credentials"] !== false,
    )
      ? ["checkout keeps its token"]
      : []),
    ...(runs.some((run) => run.includes("${{")) ? ["expression in a script"] : []),
    ...(runs.some((run) => / install$/m.test(run.replaceAll(/ sst install .*/g, "")))
      ? ["install without the lockfile"]
      : []),
    ...("id-token" in permissions
      ? may === "publish"
        ? lintPublishing(steps)
        : lintCredentials(steps)
      : []),
  ];
}

/** Where credentials can be asked for, nothing is installed: what was is unpacked, and deployed. */
function lintCredentials(steps: readonly Step[]): string[] {
  const becomes = steps.findIndex((step) => isUse(step, "aws-actions/configure-aws-credentials"));
  const at = becomes === -1 ? steps.length : becomes;
  const keys = Object.keys(steps[at]?.with ?? {}).toSorted();
  const role = steps[at]?.with?.["role-to-assume"];
  return [
    ...(becomes === -1 ||
    (keys.join() === "aws-region,role-session-name,role-to-assume" &&
      role === "${{ vars.DEPLOY_ROLE_ARN }}")
      ? []
      : ["credentials"]),
    ...steps
      .slice(0, at)
      .map(({ run, uses }) => run ?? uses?.split("@")[0])
      .filter((what) => what !== unpack && what !== download)
      .map((what) => `can ask for credentials: ${what}`),
    ...steps
      .slice(at + 1)
      .map(({ run, uses }) => run ?? uses?.split("@")[0])
      .filter((what) => what !== deploy)
      .map((what) => `beside the credentials: ${what}`),
  ];
}

/** Where packages can be published, nothing is installed or run: what was packed is taken, and published. */
function lintPublishing(steps: readonly Step[]): string[] {
  return steps
    .map(({ run, uses }) => run ?? uses?.split("@")[0])
    .filter((what) => what !== setUp && what !== download && what !== publish)
    .map((what) => `can publish: ${what}`);
}

function isUse({ uses }: Step, action: string): boolean {
  return uses?.startsWith(`${action}@`) === true;
}
