import { foreignApp } from "./foreign-app.ts";

/** Members of `gate.ts` and of the access rules, as JSON has them. */
export interface AppWithSite {
  readonly rules: Readonly<Record<string, "anyone" | "signed-in">>;
  readonly site: object;
  /** Built files and others, by their paths. */
  readonly files: Readonly<Record<string, string>>;
  /** Where its development server is. */
  readonly devServer?: string;
}

/** An app with a front end, and `/api/me` for people, in a folder of its own until the test is finished. @returns its root. */
export function appWithSite({ rules, site, files, devServer }: AppWithSite): Promise<string> {
  return foreignApp({
    "access.ts": `import { defineAccess } from "sst-gatehouse";
export const access = defineAccess(${JSON.stringify({ rules })});
`,
    "gate.ts": `import { defineGate } from "sst-gatehouse";
import { access } from "./access";
export const gate = defineGate({
  app: { name: "shelf", region: "eu-west-1" },
  access,
  backends: { api: { handler: "src/api.handler", paths: ["/api/*"] } },
  site: ${JSON.stringify(site)},
  local: ${JSON.stringify({ site: devServer })},
});
`,
    "src/api.ts": `import { Hono } from "hono";
import { protect } from "sst-gatehouse/hono";
import { access } from "../access";
export const handler = protect(access, new Hono().get("/api/me", (c) => c.json({ ok: true })));
`,
    ...files,
  });
}
