import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { Hono } from "hono";
import type { AppEnv } from "sst-gatehouse/hono";

import { createServer, report } from "./server";

export const app = new Hono<AppEnv>();

/** Each call has a server of its own: a function keeps no sessions. */
app.post("/mcp", async (c) => {
  const server = createServer(c.get("caller"));
  const transport = new WebStandardStreamableHTTPServerTransport({});
  await server.connect(transport);
  return transport.handleRequest(c.req.raw);
});

// Nothing is told without being asked, so there is no stream to open and no session to end.
app.on(["GET", "DELETE"], "/mcp", (c) => c.body("POST only.\n", 405, { allow: "POST" }));

app.get("/admin/report", (c) => c.text(`${report()}\n`));
