import { Hono } from "hono";
import type { AppEnv } from "sst-gatehouse/hono";

import { worker } from "../dist/worker";

/** A page that installs the service worker that Workbox has made. */
export const pwa = new Hono<AppEnv>()
  .get("/pwa/", (c) => {
    const caller = c.get("caller");
    return c.html(`<!doctype html>
<title>loading</title>
<link rel="manifest" href="manifest.webmanifest" crossorigin="use-credentials">
<p id="who">${caller.kind === "user" ? caller.username : "nobody"}</p>
<script>
  navigator.serviceWorker.register("worker.js")
    .then(() => navigator.serviceWorker.ready)
    .then(() => { document.title = "ready"; });
</script>`);
  })
  .get("/pwa/manifest.webmanifest", (c) =>
    c.json({ name: "PWA", start_url: "/pwa/", display: "standalone" }),
  )
  .get("/pwa/worker.js", (c) => c.body(worker, 200, { "content-type": "text/javascript" }));
