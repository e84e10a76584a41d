import { initTRPC } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { Hono } from "hono";
import type { Caller } from "sst-gatehouse";
import type { AppEnv } from "sst-gatehouse/hono";
import { z } from "zod";

const t = initTRPC.context<{ caller: Caller }>().create();

export const router = t.router({
  whoami: t.procedure.query(({ ctx }) => ctx.caller),
  double: t.procedure.input(z.number()).query(({ input }) => input * 2),
  /** Answered last although it is asked first: a stream does not wait for it. */
  slow: t.procedure.query(async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return "slow";
  }),
  save: t.procedure
    .input(z.object({ text: z.string() }))
    .mutation(({ input }) => input.text.length),
  upload: t.procedure.input(z.instanceof(FormData)).mutation(({ input }) => {
    const file = input.get("file");
    return file instanceof File ? { name: file.name, bytes: file.size } : undefined;
  }),
  ticks: t.procedure.input(z.number()).subscription(async function* ({ input }) {
    for (let tick = 0; tick < input; tick += 1) yield tick;
  }),
});
export type Router = typeof router;

export const trpc = new Hono<AppEnv>().all("/*", (c) =>
  fetchRequestHandler({
    endpoint: "/trpc",
    req: c.req.raw,
    router,
    createContext: () => ({ caller: c.get("caller") }),
  }),
);
