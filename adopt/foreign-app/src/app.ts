import { Hono } from "hono";

const books = [{ id: "1", title: "Middlemarch" }];

export const app = new Hono();

app.get("/health", (c) => c.json({ ok: true, logs: process.env.LOG_LEVEL }));
app.get("/books", (c) => c.json(books));
app.post("/books", async (c) => {
  const { title } = await c.req.json<{ title: string }>();
  books.push({ id: String(books.length + 1), title });
  return c.json(books.at(-1), 201);
});
