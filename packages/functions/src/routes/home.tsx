import { Hono } from "hono";
import { html } from "hono/html";

import type { AppEnv } from "../app-env.ts";
import { HomePage, scriptPath } from "../page/home-page.tsx";
import { pageHeaders } from "../page/page-headers.ts";
import { prefersHtml } from "../page/prefers-html.ts";
import { pageScript } from "../page/script.ts";

/** A greeting: a page for a browser, JSON for everybody else. */
export const home = new Hono<AppEnv>()
  .get("/", (c) => {
    const caller = c.get("caller");
    c.header("vary", "Accept", { append: true });
    if (!prefersHtml(c.req.header("accept"))) return c.json({ message: "Hello, world!", caller });
    return c.html(html`<!doctype html>${<HomePage caller={caller} />}`, 200, pageHeaders);
  })
  .get(scriptPath, (c) =>
    c.body(pageScript, 200, {
      "content-type": "text/javascript; charset=utf-8",
      "x-content-type-options": "nosniff",
    }),
  );
