import { Hono } from "hono";
import type { AppEnv } from "sst-gatehouse/hono";

interface Post {
  readonly id: number;
  readonly title: string;
}

let stored: readonly Post[] = Array.from({ length: 37 }, (_none, index) => ({
  id: index + 1,
  title: `Post ${index + 1}`,
}));

/** The dialect of json-server, which react-admin's data provider speaks. */
export const posts = new Hono<AppEnv>()
  .get("/", (c) => {
    const { _start = "0", _end = "10" } = c.req.query();
    c.header("x-total-count", String(stored.length));
    c.header("access-control-expose-headers", "X-Total-Count");
    return c.json(stored.slice(Number(_start), Number(_end)));
  })
  .get("/:id", (c) => {
    const found = stored.find(({ id }) => id === Number(c.req.param("id")));
    return found === undefined ? c.notFound() : c.json(found);
  })
  .put("/:id", async (c) => {
    const { title }: { title: string } = await c.req.json();
    const changed = { id: Number(c.req.param("id")), title };
    stored = stored.map((post) => (post.id === changed.id ? changed : post));
    return c.json(changed);
  })
  .delete("/:id", (c) => {
    stored = stored.filter(({ id }) => id !== Number(c.req.param("id")));
    return c.json({});
  });
