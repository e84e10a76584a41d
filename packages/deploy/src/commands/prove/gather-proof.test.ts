import { resolveStage } from "@sst-gatehouse/blueprint/stages";
import { expect, test } from "vitest";

import { gatherProof, type ProofSteps } from "./gather-proof.ts";
import type { Times } from "./measure-times.ts";
import { holds, type SstRun } from "./proof.ts";
import { evidenceFor, questionsIn } from "./questions.ts";
import { writeProof } from "./write-proof.ts";

const run = (code: number, lastLines: readonly string[] = []): SstRun => ({
  code,
  seconds: 100,
  lastLines,
});
const well = { id: "client-web-rotation", ok: true, problem: null, mend: null };

const times: Times = {
  places: ["FRA56-P3"],
  connect: [11],
  warm: [
    { what: "a preflight", ms: [10, 12, 30] },
    { what: "a token", ms: [14, 13, 15] },
  ],
};

/** @param guards versions after the deploys. */
async function gather(guards: readonly number[], changes: Partial<ProofSteps> = {}) {
  const done: string[] = [];
  const versions = [...guards];
  const proof = await gatherProof({
    stage: resolveStage({ default: {} }, "dev"),
    region: "eu-central-1",
    versions: { SST: "3.19.3" },
    async sst(args) {
      done.push(args.join(" "));
      return run(0);
    },
    guardVersion: async () => versions.shift(),
    async examine() {
      done.push("doctor");
      return [well];
    },
    async accept() {
      done.push("acceptance");
      return {
        code: 0,
        counts: "5 passed, 0 failed, 1 skipped",
        files: new Map([["sessions", true]]),
        failed: [],
      };
    },
    async timeCrowd(when) {
      done.push(`crowd ${when}`);
      return { when, first: [80, 90], again: [20, 21] };
    },
    async timeWarm() {
      done.push("warm");
      return times;
    },
    idle: { minutes: 10, wait: async () => done.push("idle") },
    mayRemove: async () => false,
    progress: () => undefined,
    ...changes,
  });
  return { proof, done };
}

test("deploys twice, looks, tries, times, and leaves the stage", async () => {
  const { proof, done } = await gather([3, 3]);
  expect(done).toEqual([
    "deploy --stage dev",
    "crowd after the first deploy",
    "deploy --stage dev",
    "doctor",
    "acceptance",
    "warm",
    "idle",
    "crowd after 10 idle minutes",
  ]);
  expect(holds(proof)).toBe(true);
  expect(writeProof(proof, "")).toContain(`## Times

CloudFront answered in FRA56-P3, one round trip of 11.0 ms away. Times are milliseconds, from a connection that stands to the answer's last byte.

| one after the other | median | nine in ten within | more than the first row |
| --- | --: | --: | --: |
| a preflight | 12.0 | 30.0 |  |
| a token | 14.0 | 15.0 | 2.0 |

| all at once | first, median | first, slowest | once more, median | once more, slowest |
| --- | --: | --: | --: | --: |
| 2, after the first deploy | 80.0 | 90.0 | 20.0 | 21.0 |
| 2, after 10 idle minutes | 80.0 | 90.0 | 20.0 | 21.0 |
`);
});

test("goes on where nothing can be timed, and says why", async () => {
  const timeCrowd = () => Promise.reject(new Error("GET /.auth/me gets 503."));
  const { proof, done } = await gather([3, 3], { timeCrowd, mayRemove: async () => true });
  expect(done.slice(-4)).toEqual(["acceptance", "warm", "idle", "remove --stage dev"]);
  expect([proof.times, holds(proof)]).toEqual([times, false]);
  expect(writeProof(proof, "")).toContain(
    "## Times\n\nThey could not be measured: GET /.auth/me gets 503.\n",
  );
});

test("removes where that is wanted", async () => {
  const { proof, done } = await gather([3, 3], { mayRemove: async () => true });
  expect(done.at(-1)).toBe("remove --stage dev");
  expect(proof.removal).toEqual(run(0));
});

test("ends with the first deploy that fails, and shows its last lines", async () => {
  const failing = async (): Promise<SstRun> =>
    run(1, ["InvalidLambdaFunctionAssociation: Pending"]);
  const { proof, done } = await gather([], { sst: failing });
  expect([proof.deploys.length, done, holds(proof)]).toEqual([1, [], false]);
  expect(writeProof(proof, "")).toContain(
    "Deploy 1: exit code 1 after 100 s.\n\n```text\nInvalidLambdaFunctionAssociation: Pending\n```\n",
  );
});

test.each<[what: string, guards: readonly number[], changes: Partial<ProofSteps>]>([
  ["an unchanged deploy makes a new version of the guard", [3, 4], {}],
  ["nothing says which version of the guard is used", [], {}],
  ["a row of the doctor is not well", [3, 3], { examine: async () => [{ ...well, ok: false }] }],
  [
    "the suite fails",
    [3, 3],
    { accept: async () => ({ code: 1, counts: "", files: new Map(), failed: [] }) },
  ],
])("does not hold when %s", async (_what, guards, changes) => {
  expect(holds((await gather(guards, changes)).proof)).toBe(false);
});

const page = `# Page

| open question | what we do |
| --- | --- |
| Whether Cognito takes a client that rotates refresh tokens | asked so |
| Whether the moon \\| the sun is round | nothing |

| more | here |
| :-- | -- |
| Whether an unchanged deploy makes a new version | said |
`;

test("takes its questions from the page, and says of each what the run shows or that it was not asked", async () => {
  const { proof } = await gather([3, 4]);
  expect(questionsIn(page)).toEqual([
    "Whether Cognito takes a client that rotates refresh tokens",
    "Whether the moon \\| the sun is round",
    "Whether an unchanged deploy makes a new version",
  ]);
  expect(questionsIn(page).map((question) => evidenceFor(question, proof))).toEqual([
    [
      "deploy 1 ended with 0 after 100 s, deploy 2 ended with 0 after 100 s",
      "doctor: client-web-flows was not looked at",
      "doctor: client-web-rotation is well",
      "acceptance: sessions passed",
      "acceptance: tokens did not run",
    ],
    [],
    ["an unchanged deploy made a new version of the guard (3, then 4)"],
  ]);
  expect(writeProof(proof, page)).toContain(
    "| Whether the moon \\| the sun is round | not asked |\n| Whether an unchanged deploy makes a new version | an unchanged deploy made a new version of the guard (3, then 4) |\n",
  );
});
