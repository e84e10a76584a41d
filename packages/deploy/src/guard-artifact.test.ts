import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { afterAll, beforeAll, expect, test } from "vitest";

import { guardData } from "../test/guard-data.ts";
import { makeGuardArtifact } from "./guard-artifact.ts";

const root = join(import.meta.dirname, "../../..");
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "guard-artifact-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const { settings, access, sealing } = guardData;

async function digests(directory: string): Promise<Record<string, string>> {
  const files = (await readdir(directory)).toSorted();
  const hash = async (file: string): Promise<string> =>
    createHash("sha256")
      .update(await readFile(join(directory, file)))
      .digest("hex");
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file, await hash(file)])));
}

test("the same sources and settings give the same bytes, whatever was there before", async () => {
  const first = join(scratch, "first");
  await makeGuardArtifact(root, first, guardData);
  const second = join(scratch, "second");
  await mkdir(second);
  await writeFile(join(second, "leftover.cjs"), "");
  await makeGuardArtifact(root, second, guardData);
  expect(await digests(second)).toEqual(await digests(first));
  expect(await readdir(first)).toEqual([
    "access.json",
    "fetch-key-set.cjs",
    "lambda.cjs",
    "libraries.cjs",
    "parameters.cjs",
    "resource.cjs",
    "responses.cjs",
    "sealing.json",
    "sessions.cjs",
    "settings.json",
    "stage-revocations.cjs",
  ]);
  expect(JSON.parse(await readFile(join(first, "settings.json"), "utf8"))).toEqual({
    schema: 1,
    sha256: createHash("sha256").update(JSON.stringify(settings)).digest("hex"),
    settings,
  });
  const rules: unknown = JSON.parse(await readFile(join(first, "access.json"), "utf8"));
  expect(rules).toEqual({
    schema: 1,
    sha256: createHash("sha256").update(JSON.stringify(access)).digest("hex"),
    access: JSON.parse(JSON.stringify(access)),
  });
});

/** An app that has the package with the guard in it, of which nothing has to be built. */
function packedApp(): Promise<string> {
  return temporaryTree({
    "node_modules/sst-gatehouse/package.json": '{"version":"0.1.0"}',
    "node_modules/sst-gatehouse/guard/lambda.cjs": "",
  });
}

test("settings that the guard would not take stop the build, by name", async () => {
  const { jwks: _left, ...keyless } = settings;
  await expect(
    makeGuardArtifact(await packedApp(), join(scratch, "keyless"), {
      settings: keyless,
      access,
      sealing,
    }),
  ).rejects.toThrow(/settings\.json: jwks is missing or malformed/);
});

test("access rules that the guard would not take stop the build", async () => {
  const half = { scopes: access.scopes, rules: [{ text: "/*" }] };
  await expect(
    makeGuardArtifact(await packedApp(), join(scratch, "half"), {
      settings,
      access: half,
      sealing,
    }),
  ).rejects.toThrow(/access\.json does not hold whole access/);
});

test("keys that are none stop the build, and are not shown", async () => {
  const short = Buffer.alloc(16, 9).toString("base64");
  const stopped = makeGuardArtifact(await packedApp(), join(scratch, "short"), {
    settings,
    access,
    sealing: { keys: [short] },
  });
  await expect(stopped).rejects.toThrow(/sealing\.json: the keys are not one or two/);
  await expect(stopped).rejects.not.toThrow(short);
});
