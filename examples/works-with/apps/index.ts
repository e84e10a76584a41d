import { Hono } from "hono";
import { type AppEnv, protect } from "sst-gatehouse/hono";

import { access } from "../access";
import { chat } from "./chat";
import { graphql } from "./graphql";
import { posts } from "./posts";
import { pwa } from "./pwa";
import { trpc } from "./trpc";
import { uploads } from "./uploads";

/** One app of all that answers a `Request` with a `Response`. */
const app = new Hono<AppEnv>()
  .route("/chat", chat)
  .route("/graphql", graphql)
  .route("/posts", posts)
  .route("/", pwa)
  .route("/trpc", trpc)
  .route("/uploads", uploads);

export const handler = protect(access, app);
