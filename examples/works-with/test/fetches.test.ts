import { Client as McpClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import axios from "axios";
import { EventSource } from "eventsource";
import ky from "ky";
import createClient from "openapi-fetch";
import { expect, test } from "vitest";

import { playedGate, seededBytes, sha256 } from "./gate";

const gate = playedGate();

/** More than CloudFront shows the guard. */
const large = seededBytes(3_000_000);

/** Each sends its own kinds of request by the `fetch` that it is given. */
interface Client {
  send(method: "POST" | "PUT" | "DELETE", path: string, body: Uint8Array<ArrayBuffer>): unknown;
}
interface Paths {
  "/echo/{name}": Record<
    "post" | "put" | "delete",
    {
      parameters: { path: { name: string } };
      requestBody: { content: { "application/octet-stream": Uint8Array<ArrayBuffer> } };
      responses: { 200: { content: { "application/json": unknown } } };
    }
  >;
}
const bodySerializer = (bytes: unknown): unknown => bytes;
const type = { "content-type": "application/octet-stream" };
const clients: [name: string, client: () => Client][] = [
  [
    "ky",
    () => {
      const call = ky.create({ fetch: gate.current.call, prefix: gate.current.url, headers: type });
      return { send: (method, path, body) => call(path.slice(1), { method, body }).json() };
    },
  ],
  [
    "axios",
    () => {
      const call = axios.create({
        adapter: "fetch",
        baseURL: gate.current.url,
        env: { fetch: gate.current.call },
        headers: type,
      });
      return {
        send: async (method, url, data) => (await call.request({ method, url, data })).data,
      };
    },
  ],
  [
    "openapi-fetch",
    () => {
      const call = createClient<Paths>({ baseUrl: gate.current.url, fetch: gate.current.call });
      return {
        async send(method, path, body) {
          const name = path.slice("/echo/".length);
          const options = { params: { path: { name } }, body, bodySerializer, headers: type };
          const { data } = await {
            POST: () => call.POST("/echo/{name}", options),
            PUT: () => call.PUT("/echo/{name}", options),
            DELETE: () => call.DELETE("/echo/{name}", options),
          }[method]();
          return data;
        },
      };
    },
  ],
];

test.each(clients)(
  "%s sends bodies of every method by createFetch, also after the hour",
  async (_name, make) => {
    const client = make();
    const arrived = (method: string, body: Uint8Array) => ({
      who: "alice",
      method,
      type: type["content-type"],
      query: {},
      bytes: body.length,
      sha256: sha256(body),
    });
    const small = large.slice(0, 300);
    expect(await client.send("POST", "/echo/a", large)).toEqual(arrived("POST", large));
    expect(await client.send("DELETE", "/echo/a", small)).toEqual(arrived("DELETE", small));
    gate.current.clock.advance(3601);
    expect(await client.send("PUT", "/echo/a", large)).toEqual(arrived("PUT", large));
  },
);

test("eventsource hears by createFetch, also after the hour", async () => {
  for (const seconds of [0, 3601]) {
    gate.current.clock.advance(seconds);
    const heard = await new Promise<unknown[]>((resolve, reject) => {
      const source = new EventSource(`${gate.current.url}/echo/events`, {
        fetch: gate.current.call,
      });
      const data: unknown[] = [];
      source.addEventListener("message", (message) => {
        data.push(message.data);
        if (data.length < 3) return;
        source.close();
        resolve(data);
      });
      source.addEventListener("error", ({ message }) => reject(new Error(message)));
    });
    expect(heard).toEqual(["one", "zwei ü", "three"]);
  }
});

test("the MCP SDK's client calls a tool by createFetch, also after the hour", async () => {
  const client = new McpClient({ name: "test", version: "1.0.0" });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${gate.current.url}/mcp`), {
      fetch: gate.current.call,
    }),
  );
  for (const seconds of [0, 3601]) {
    gate.current.clock.advance(seconds);
    const { content } = await client.callTool({ name: "whoami", arguments: { note: "Grüße" } });
    expect(content).toEqual([{ type: "text", text: "alice: Grüße" }]);
  }
  await client.close();
});
