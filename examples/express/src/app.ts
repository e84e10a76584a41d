import express, { type Request } from "express";
import type { Caller } from "sst-gatehouse";

/** A request that came through the guard. */
export type GuardedRequest = Request & { caller?: Caller };

interface Order {
  readonly id: number;
  readonly item: string;
  readonly by: string;
}

/** A container's memory, in place of a database. */
const orders: Order[] = [];

export const app = express();
app.disable("x-powered-by");
app.use(express.json());
app.use(express.urlencoded({ extended: false }));

app.get("/health", (_request, response) => {
  response.json({ ok: true });
});

app.get("/orders", (request: GuardedRequest, response) => {
  const mine = nameOf(request);
  response.json(orders.filter(({ by }) => by === mine));
});

app.post("/orders", (request: GuardedRequest, response) => {
  const item: unknown = request.body?.item;
  if (typeof item !== "string" || item === "") {
    response.status(400).json({ error: "item is missing" });
    return;
  }
  const order = { id: orders.length + 1, item, by: nameOf(request) };
  orders.push(order);
  response.status(201).location(`/orders/${order.id}`).json(order);
});

// Whoever gets here is in the group admin: the rules have said so twice, at the edge and before this function.
app.get("/orders/export", (_request, response) => {
  const lines = orders.map(({ id, item, by }) => [id, item, by].join(";"));
  response
    .attachment("orders.csv")
    .type("text/csv")
    .send(["id;item;by", ...lines].join("\n"));
});

function nameOf({ caller }: GuardedRequest): string {
  return caller?.kind === "user" ? caller.username : "somebody else";
}
