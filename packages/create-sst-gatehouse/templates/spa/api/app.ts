import { Hono } from "hono";
import type { AppEnv } from "sst-gatehouse/hono";

export const app = new Hono<AppEnv>().basePath("/api");

app.get("/me", (c) => {
  const caller = c.get("caller");
  return c.json({ username: caller.kind === "user" ? caller.username : caller.kind });
});
app.get("/admin/report", (c) => c.json({ secrets: 0 }));
