import { IncomingMessage, type RequestListener, ServerResponse } from "node:http";
import { Socket } from "node:net";

import hapi from "@hapi/hapi";
import KoaRouter from "@koa/router";
import { Elysia } from "elysia";
// @ts-expect-error: it has no types
import express4 from "express-4";
// @ts-expect-error: it has no types
import express5 from "express-5";
import fastify4 from "fastify-4";
import fastify5 from "fastify-5";
import * as h3v1 from "h3-1";
import { H3 } from "h3-2";
import { Hono } from "hono";
import { Router as IttyRouter } from "itty-router";
// @ts-expect-error: it has no types
import Koa from "koa";
// @ts-expect-error: it has no types
import polka from "polka";

/** Declares a route in an app; `ran` is to be called when a request gets to it. */
type Declare = (pattern: string, ran: () => void) => void;
/** Sends the app one request, with the path as it is on the wire. */
type Send = (path: string) => Promise<void>;

/** How to write "everything below" in a router's patterns, and how to make an app with these routes. */
type Router = readonly [
  rest: string,
  open: (declareAll: (declare: Declare) => void) => Send | Promise<Send>,
];

/** Routers that adopters put behind the guard, with their defaults unless the name says otherwise. */
const routers: Readonly<Record<string, Router>> = {
  "express 4": ["*", (all) => node(declaredIn(express4(), all))],
  "express 5": ["{*rest}", (all) => node(declaredIn(express5(), all))],
  koa: ["{*rest}", (all) => node(koa(all))],
  "fastify 4": ["*", (all) => fastify(fastify4(), all)],
  "fastify 5": ["*", (all) => fastify(fastify5(), all)],
  "fastify 5, loose": ["*", (all) => fastify(fastify5({ routerOptions: loose }), all)],
  "itty-router": ["*", (all) => fetches(IttyRouter(), all)],
  "h3 1": ["**", (all) => web(h3v1.toWebHandler(h3App(all)))],
  "h3 2": ["**", (all) => fetches(new H3(), all)],
  polka: ["*", (all) => node(declaredIn(polka(), all).handler)],
  hono: ["*", (all) => fetches(new Hono(), all)],
  "hono, not strict": ["*", (all) => fetches(new Hono({ strict: false }), all)],
  hapi: ["{rest*}", (all) => hapiApp(all)],
  elysia: ["*", (all) => fetches(new Elysia(), all)],
};

const loose = {
  ignoreTrailingSlash: true,
  ignoreDuplicateSlashes: true,
  caseSensitive: false,
  useSemicolonDelimiter: true,
};

/** Which of the access rules a path gets to by the routing of somebody's app; undefined when it runs no route. */
export type Reader = (path: string) => Promise<string | undefined>;

/** @param rules paths as access rules write them, the more special first: each has a route in every app. */
export async function openRouters(
  rules: readonly string[],
): Promise<readonly (readonly [name: string, reader: Reader])[]> {
  return Promise.all(
    Object.entries(routers).map(async ([name, [rest, open]]) => {
      let served: string | undefined;
      const send = await open((declare) => {
        for (const rule of rules)
          for (const pattern of patternsOf(rule, rest)) declare(pattern, () => (served = rule));
      });
      const reader: Reader = async (path) => {
        served = undefined;
        await send(path);
        return served;
      };
      return [name, reader] as const;
    }),
  );
}

/** `/a/*` covers `/a`, for which many routers want a route of its own. */
function patternsOf(rule: string, rest: string): readonly string[] {
  if (!rule.endsWith("/*")) return [rule];
  const bare = rule.slice(0, -2);
  return [...(bare === "" ? [] : [bare]), `${bare}/${rest}`];
}

interface NodeApp {
  all(pattern: string, handle: (request: IncomingMessage, response: ServerResponse) => void): void;
}

function declaredIn<App extends NodeApp>(app: App, declareAll: (declare: Declare) => void): App {
  declareAll((pattern, ran) =>
    app.all(pattern, (_request, response) => {
      ran();
      response.end();
    }),
  );
  return app;
}

interface WebApp {
  all(pattern: string, handle: () => Response): unknown;
  fetch(request: Request): unknown;
}

function fetches(app: WebApp, declareAll: (declare: Declare) => void): Send {
  declareAll((pattern, ran) => {
    app.all(pattern, () => {
      ran();
      return new Response("");
    });
  });
  return web((request) => app.fetch(request));
}

function koa(declareAll: (declare: Declare) => void): RequestListener {
  const router = new KoaRouter();
  declareAll((pattern, ran) => {
    router.all(pattern, (context: { body: string }) => {
      ran();
      context.body = "";
    });
  });
  return new Koa().use(router.routes()).callback();
}

async function fastify(
  app: ReturnType<typeof fastify5>,
  declareAll: (declare: Declare) => void,
): Promise<Send> {
  declareAll((pattern, ran) => {
    app.all(pattern, async () => {
      ran();
      return "";
    });
  });
  await app.ready();
  return node((request, response) => app.routing(request, response));
}

function h3App(declareAll: (declare: Declare) => void): h3v1.App {
  const router = h3v1.createRouter();
  declareAll((pattern, ran) => {
    router.use(
      pattern,
      h3v1.eventHandler(() => {
        ran();
        return "";
      }),
    );
  });
  return h3v1.createApp().use(router);
}

async function hapiApp(declareAll: (declare: Declare) => void): Promise<Send> {
  const server = hapi.server();
  declareAll((pattern, ran) =>
    server.route({
      method: "*",
      path: pattern,
      handler() {
        ran();
        return "";
      },
    }),
  );
  await server.initialize();
  return node((request, response) => server.listener.emit("request", request, response));
}

/** Node's own request and response without a connection, so that nothing on the way tidies the path. */
function node(listener: (request: IncomingMessage, response: ServerResponse) => unknown): Send {
  return (path) =>
    new Promise((resolve, reject) => {
      const request = Object.assign(new IncomingMessage(new Socket()), {
        method: "GET",
        url: path,
        httpVersion: "1.1",
        headers: { host: "app.example" },
      });
      request.push(null);
      const response = new ServerResponse(request);
      response.end = () => {
        resolve();
        return response;
      };
      Promise.resolve(listener(request, response)).catch(reject);
    });
}

function web(fetch: (request: Request) => unknown): Send {
  return async (path) => {
    await fetch(new Request(`https://app.example${path}`));
  };
}
