import express, { type Request } from "express";
import type { Caller } from "sst-gatehouse";

/** A request that came through the guard. */
export type GuardedRequest = Request & { caller?: Caller };

export const app = express();
app.disable("x-powered-by");

app.get("/", (request: GuardedRequest, response) => {
  response.json({ message: "Hello, world!", caller: request.caller });
});
app.get("/public/health", (_request, response) => {
  response.json({ ok: true });
});
app.get("/admin/report", (_request, response) => {
  response.json({ secrets: 0 });
});
