import { Hono } from "hono";
import type { AppEnv } from "sst-gatehouse/hono";

export const app = new Hono<AppEnv>();

app.get("/", (c) => c.json({ message: "Hello, world!", caller: c.get("caller") }));
app.get("/public/health", (c) => c.json({ ok: true }));
app.get("/admin/report", (c) => c.json({ secrets: 0 }));
