import { McpServer } from "@modelcontextprotocol/server";
import type { Caller } from "sst-gatehouse";
import { z } from "zod";

/** An MCP server for one caller. */
export function createServer(caller: Caller): McpServer {
  const server = new McpServer(
    { name: "__name__", version: "1.0.0" },
    { capabilities: { tools: { listChanged: false } } },
  );

  server.registerTool(
    "count",
    {
      description: "Counts, and says so on the way. Everybody may call it.",
      inputSchema: z.object({ to: z.number().int().min(1).max(10) }),
    },
    async ({ to }, { mcpReq: { _meta, notify } }) => {
      for (let progress = 1; progress <= to; progress += 1) {
        if (_meta?.progressToken !== undefined)
          await notify({
            method: "notifications/progress",
            params: { progressToken: _meta.progressToken, progress, total: to },
          });
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return { content: [{ type: "text", text: `${nameOf(caller)}, I counted to ${to}.` }] };
    },
  );

  server.registerTool(
    "report",
    { description: "The report. For people in the group admin." },
    async () => {
      if (!isIn(caller, "admin"))
        return {
          isError: true,
          content: [{ type: "text", text: "This needs the group admin. Ask an administrator." }],
        };
      return { content: [{ type: "text", text: report() }] };
    },
  );

  return server;
}

export function report(): string {
  return "All is well.";
}

function isIn(caller: Caller, group: string): boolean {
  return caller.kind === "user" && caller.groups.includes(group);
}

function nameOf(caller: Caller): string {
  return caller.kind === "user" ? caller.username : "Somebody";
}
