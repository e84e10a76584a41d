import { expect, test } from "vitest";

import { bootstrapOf, liveEventHosts } from "../engine/bootstrap.ts";
import { publicKeysOf } from "../engine/public-keys.ts";
import { startServer } from "./server.ts";

const noBuild = () => Promise.reject(new Error("nothing is built here"));
const server = await startServer(noBuild);

async function call(method: string, input: object = {}, address = server.cli): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "1.0", method, params: [input] });
  const response = await fetch(`${address}/rpc`, { method: "POST", body });
  return response.status === 200 ? response.json() : response.status;
}

test("listens on one address of this machine only", async () => {
  expect(await call("Runtime.AddTarget")).toEqual({ result: true, error: null });
  const elsewhere = server.cli.replace("127.0.0.1", "127.0.0.2");
  await expect(call("Runtime.AddTarget", {}, elsewhere)).rejects.toThrow("fetch failed");
});

test("does nothing for a caller who does not know its address, which no web page knows", async () => {
  expect(new URL(server.cli).pathname).toMatch(/^\/[\w-]{32}$/);
  expect(new URL(server.aws).pathname).toBe("/");
  expect(await call("Runtime.AddTarget", {}, server.aws)).toBe(404);
  expect(await call("Runtime.AddTarget", {}, `${server.cli.slice(0, -1)}~`)).toBe(404);
  expect((await fetch(`${server.cli}/rpc`)).status).toBe(404);
});

test("has another address each time", async () => {
  expect((await startServer(noBuild)).cli).not.toBe(server.cli);
});

test("knows what SST has set up, and its live events", async () => {
  expect(await call("Provider.Aws.Bootstrap", { region: "us-east-1" })).toEqual({
    result: bootstrapOf("us-east-1"),
    error: null,
  });
  expect(await call("Provider.Aws.Appsync")).toEqual({ result: liveEventHosts, error: null });
});

test("names what it is asked for and does not play", async () => {
  expect(await call("Resource.Run.Create", { command: "id" })).toEqual({
    result: null,
    error:
      "SST's components ask the CLI for Resource.Run.Create, which is not supported here. Add it to server.ts.",
  });
});

test("publishes the keys of every user pool", async () => {
  const response = await fetch(`${server.aws}/eu-west-1_abcdefghi/.well-known/jwks.json`);
  expect(await response.json()).toEqual({ keys: publicKeysOf("eu-west-1_abcdefghi") });
});
