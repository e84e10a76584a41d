import { mkdirSync, symlinkSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { loadProject } from "@sst-gatehouse/local/load-project";
import { startStack, type Stack } from "@sst-gatehouse/local/stack";
import { startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";

import { createApp } from "create-sst-gatehouse/create-app";

const packages = join(import.meta.dirname, "../..");

/** What the template's manifest asks for, as this repository has it. */
const installed = {
  "@modelcontextprotocol/sdk": join(packages, "mcp/node_modules/@modelcontextprotocol/sdk"),
  hono: join(packages, "mcp/node_modules/hono"),
  "sst-gatehouse": join(packages, "sst-gatehouse"),
  zod: join(packages, "mcp/node_modules/zod"),
};

/** The address of a client's document, which is its id; a server of the test's stands for that of its host. */
export const documentUrl = "https://client.example/oauth/client.json";

export interface TemplateApp extends Stack {
  /** What the document says; to be changed before anybody has signed in by it. */
  document: object;
  /** What `gatehouse start` would have shown in the terminal so far. */
  readonly lines: readonly string[];
}

/** An app made of the template `mcp`, behind its gate on this machine. */
export async function startTemplateApp(): Promise<TemplateApp> {
  const folder = join(await realpath(await mkdtemp(join(tmpdir(), "gatehouse-mcp-"))), "notes");
  await createApp({ template: join(packages, "create-sst-gatehouse/templates/mcp"), folder });
  for (const [name, from] of Object.entries(installed)) {
    const to = join(folder, "node_modules", name);
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(from, to);
  }
  const lines: string[] = [];
  const web = await startLoopbackServer();
  web.handle = async (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(app.document));
  };
  const project = await loadProject(folder);
  const clientDocuments = { [documentUrl]: `${web.origin}/client.json` };
  const stack = await startStack({
    project: { ...project, gate: { ...project.gate, local: { clientDocuments } } },
    stage: { cimdUrlPatterns: ["https://client.example/oauth/*"] },
    port: 0,
    explain: (from, reason, details = []) => lines.push(`${from}: ${reason}`, ...details),
  });
  const app: TemplateApp = {
    ...stack,
    lines,
    document: {},
    async close() {
      await stack.close();
      await web.close();
      await rm(dirname(folder), { recursive: true, force: true });
    },
  };
  return app;
}
