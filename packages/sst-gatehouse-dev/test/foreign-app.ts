import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

import { temporaryTree } from "@sst-gatehouse/testkit/temporary-tree";

const packages = join(import.meta.dirname, "../..");

/** Of an app that shares nothing with this repository but the packages that it installs. */
export const appFiles: Readonly<Record<string, string>> = {
  "sst.config.ts": `/// <reference path="./.sst/platform/config.d.ts" />
export default $config({ app: () => ({ name: "shelf", home: "aws" }), async run() {} });
`,
  "access.ts": `import { defineAccess } from "sst-gatehouse";

export const access = defineAccess({
  scopes: ["api/read"],
  rules: { "/books/*": "signed-in", "POST /books/*": { groups: ["editors"] }, "/files/*": "anyone" },
  examples: { "GET /books/1": { alice: 200, anybody: 401 } },
});
`,
  "gate.ts": `import { defineGate } from "sst-gatehouse";
import { access } from "./access";

export const gate = defineGate({
  app: { name: "shelf", region: "eu-west-1" },
  access,
  backends: {
    api: { handler: "src/api.handler" },
    files: { handler: "src/files.onRequest", paths: ["/files/*"] },
  },
});
`,
  "src/api.ts": `import { Hono } from "hono";
import { type AppEnv, protect } from "sst-gatehouse/hono";
import { access } from "../access";
import { title } from "./title";

const app = new Hono<AppEnv>()
  .get("/books/:id", (c) => c.json({ title, by: c.get("caller") }))
  .post("/books", (c) => c.json({ title }, 201));

export const handler = protect(access, app);
`,
  "src/title.ts": `export const title = "Ficciones";\n`,
  "src/files.ts": `import { Hono } from "hono";
import { protect } from "sst-gatehouse/hono";
import { access } from "../access";

export const onRequest = protect(
  access,
  new Hono().get("/files/:name", (c) => c.text(process.env.AWS_LAMBDA_FUNCTION_NAME ?? "")),
);
`,
};

/**
 * An app in a folder of its own, until the test is finished.
 *
 * @param changes further files, and others in place of those above.
 * @returns its root.
 */
export async function foreignApp(changes: Readonly<Record<string, string>> = {}): Promise<string> {
  const root = await temporaryTree({ ...appFiles, ...changes });
  const installed = {
    "sst-gatehouse": join(packages, "sst-gatehouse"),
    hono: join(packages, "sst-gatehouse/node_modules/hono"),
    sst: join(packages, "../node_modules/sst"),
  };
  for (const [name, from] of Object.entries(installed)) {
    const to = join(root, "node_modules", name);
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(from, to);
  }
  return root;
}
