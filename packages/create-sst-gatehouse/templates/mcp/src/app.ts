import { createMcpHandler } from "@modelcontextprotocol/server";
import { Hono } from "hono";
import type { AppEnv } from "sst-gatehouse/hono";

import { createServer, report } from "./server";

export const app = new Hono<AppEnv>();

// Each call has a server of its own, because a function keeps no sessions. Nothing is told without being asked, so nobody
// may hold a stream open to listen.
app.all("/mcp", (c) =>
  createMcpHandler(() => createServer(c.get("caller")), { maxSubscriptions: 0 }).fetch(c.req.raw),
);

app.get("/admin/report", (c) => c.text(`${report()}\n`));
