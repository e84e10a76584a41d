import { Hono } from "hono";
import { type AppEnv, protect } from "sst-gatehouse/hono";

import { access } from "../access";
import { chat } from "./chat";
import { echo } from "./echo";
import { graphql } from "./graphql";
import { mcp } from "./mcp";
import { posts } from "./posts";
import { pwa } from "./pwa";
import { trpc } from "./trpc";
import { uploads } from "./uploads";
import { webhooks } from "./webhooks";

/** One app of all that answers a `Request` with a `Response`. */
const app = new Hono<AppEnv>()
  .route("/chat", chat)
  .route("/echo", echo)
  .route("/graphql", graphql)
  .route("/mcp", mcp)
  .route("/posts", posts)
  .route("/public/webhooks", webhooks)
  .route("/", pwa)
  .route("/trpc", trpc)
  .route("/uploads", uploads);

export const handler = protect(access, app);
