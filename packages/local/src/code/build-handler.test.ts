import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";
import { expect, test } from "vitest";

import { buildHandler } from "./build-handler.ts";

const run = promisify(execFile);

test.each(["ts", "tsx", "mts", "js", "mjs", "cjs"])(
  "finds the file of a handler that ends in .%s, and keeps its export's name",
  async (ending) => {
    const exporting = ending === "cjs" ? "exports.onCall =" : "export const onCall =";
    const root = await temporaryTree({ [`src/api.v1.${ending}`]: `${exporting} () => "called";` });
    const into = join(root, "built/api");
    const bundle = await buildHandler(
      { root, name: "api", handler: "src/api.v1.onCall" },
      into,
      new Set(),
    );
    expect(bundle).toEqual({ directory: into, handler: "lambda.onCall" });
    const script = `const module = await import(${JSON.stringify(join(into, "lambda.mjs"))});
      console.log((module.onCall ?? module.default.onCall)());`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script]);
    expect(stdout).toBe("called\n");
  },
);

test("keeps the names of classes, and tells an error's place in the file that was written", async () => {
  const root = await temporaryTree({
    "src/api.ts": `export class NotFound extends Error {}
      export const handler = (): string =>
        NotFound.name + new Error("here").stack;`,
  });
  const into = join(root, "built");
  await buildHandler({ root, name: "api", handler: "src/api.handler" }, into, new Set());
  const script = `const { handler } = await import(${JSON.stringify(join(into, "lambda.mjs"))});
    console.log(handler());`;
  const args = ["--enable-source-maps", "--input-type=module", "-e", script];
  const { stdout } = await run(process.execPath, args);
  expect(stdout).toContain("NotFoundError: here\n");
  expect(stdout).toContain(`${join(root, "src/api.ts")}:3:25`);
});

test("leaves out what SST never bundles, and says who can build what needs options", async () => {
  const root = await temporaryTree({
    "lazy.ts": 'export const handler = async () => import("sharp");',
    "query.ts": 'import query from "./q.graphql"; export const handler = query;',
    "q.graphql": "type Query",
  });
  const building = (handler: string) =>
    buildHandler({ root, name: "api", handler }, join(root, "built"), new Set());
  expect(await building("lazy.handler")).toMatchObject({ handler: "lambda.handler" });
  await expect(building("query.handler")).rejects.toThrow(
    /query\.ts:1:18: ERROR: No loader is configured for "\.graphql" files.*\n.*--from-deploy builds it/,
  );
});

test("says which file it has looked for, and where its name stands", async () => {
  const root = await temporaryTree({ "src/books.ts": "" });
  await expect(
    buildHandler({ root, name: "api", handler: "src/boks.handler" }, root, new Set()),
  ).rejects.toThrow(
    `gate.ts: backends.api.handler is "src/boks.handler", and there is no src/boks.ts in ${root} (nor with one of the endings .tsx .mts .cts .js .jsx .mjs .cjs)`,
  );
});

test("names what it has read before a mistake, and the file that has it", async () => {
  const root = await temporaryTree({
    "index.ts": 'export { handler } from "./part.ts";',
    "part.ts": "export const handler = ;",
  });
  const reads = new Set<string>();
  const building = buildHandler({ root, name: "api", handler: "index.handler" }, root, reads);
  await expect(building).rejects.toThrow('part.ts:1:23: ERROR: Unexpected ";"');
  expect([...reads]).toEqual([join(root, "index.ts"), join(root, "part.ts")]);
});
