import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { Hono } from "hono";
import type { AppEnv } from "sst-gatehouse/hono";
import { z } from "zod";

/** A server without sessions: one for each request. */
export const mcp = new Hono<AppEnv>().all("/", async (c) => {
  const caller = c.get("caller");
  const server = new McpServer({ name: "works-with", version: "1.0.0" });
  server.registerTool(
    "whoami",
    { description: "Who calls", inputSchema: { note: z.string() } },
    ({ note }) => ({
      content: [
        {
          type: "text",
          text: `${caller.kind === "user" ? caller.username : caller.kind}: ${note}`,
        },
      ],
    }),
  );
  const transport = new WebStandardStreamableHTTPServerTransport();
  await server.connect(transport);
  return transport.handleRequest(c.req.raw);
});
