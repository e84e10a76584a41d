import { Hono } from "hono";
import { html } from "hono/html";

import type { AppEnv } from "sst-gatehouse/hono";
import { pageScript } from "../../page-script/page-script.ts";
import { HomePage, scriptPath } from "../page/home-page.tsx";
import { pageHeaders } from "../page/page-headers.ts";
import { prefersHtml } from "../page/prefers-html.ts";

/** The greeting as a page, for a browser; for everybody else the next route answers. */
export const home = new Hono<AppEnv>()
  .get("/", async (c, next) => {
    c.header("vary", "Accept", { append: true });
    if (!prefersHtml(c.req.header("accept"))) return next();
    const page = <HomePage caller={c.get("caller")} />;
    return c.html(html`<!doctype html>${page}`, 200, pageHeaders);
  })
  .get(scriptPath, (c) =>
    c.body(pageScript, 200, {
      "content-type": "text/javascript; charset=utf-8",
      "x-content-type-options": "nosniff",
    }),
  );
