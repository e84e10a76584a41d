import { type AppEnv, existingHandler, protect } from "@sst-gatehouse/backend";
import adapt from "@fastify/aws-lambda";
import fastify from "fastify-4";
import { createApp, createRouter, eventHandler, toWebHandler } from "h3-1";
import { Hono } from "hono";

import { access } from "./access.ts";

const routes = ["/admin", "/settings", "/public/secret"];

const h3 = createRouter();
for (const route of routes)
  h3.get(
    route,
    eventHandler(() => `h3 serves ${route}`),
  );
h3.get(
  "/**",
  eventHandler(({ path }) => `h3 has ${path}`),
);
const h3Handler = toWebHandler(createApp().use(h3));

const fastify4 = fastify();
for (const route of routes) fastify4.get(route, async () => `fastify serves ${route}`);
fastify4.get("/*", async ({ url }) => `fastify has ${url}`);

/** Two apps as adopters bring them, each behind its door; a header says which of them is asked. */
const app = new Hono<AppEnv>();
const fastifyHandler = existingHandler(adapt(fastify4));
app.all("*", (c, next) =>
  c.req.header("x-ask") === "fastify" ? fastifyHandler(c, next) : h3Handler(c.req.raw),
);

export const handler = protect(access, app);
