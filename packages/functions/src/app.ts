import type { AppEnv } from "sst-gatehouse/hono";
import { Hono } from "hono";

import { echo } from "./routes/echo.ts";
import { files } from "./routes/files.ts";
import { home } from "./routes/home.tsx";
import { stream } from "./routes/stream.ts";

/** The app that Gatehouse protects. Replace these routes with yours; `c.get("caller")` says who is calling. */
export const app = new Hono<AppEnv>();

app.route("/", home);
app.get("/", (c) => c.json({ message: "Hello, world!", caller: c.get("caller") }));
app.get("/me", (c) => c.json(c.get("caller")));
app.get("/public/health", (c) => c.json({ ok: true }));
// The same echo under each kind of rule.
for (const path of ["/echo/*", "/public/echo/*", "/admin/echo/*"]) app.all(path, echo);
app.get("/stream", stream);
app.route("/files", files);
// Answers without a body, which may need the stage's `streaming`: docs/http.md#answers-without-a-body.
app.get("/empty/204", (c) => c.body(null, 204));
app.get("/empty/302", (c) => c.redirect("/"));
app.get("/reports/daily", (c) => c.json({ report: "daily", readBy: c.get("caller") }));
app.post("/reports/daily", (c) => c.json({ report: "daily", orderedBy: c.get("caller") }, 202));
app.get("/admin/*", (c) => c.json({ area: "admin", path: c.req.path }));
