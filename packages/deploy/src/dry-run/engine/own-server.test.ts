import { createServer } from "node:http";
import { text } from "node:stream/consumers";

import { expect, onTestFinished, test } from "vitest";

import { isOwnServer, stateBucket } from "./own-server.ts";

/** A server that answers everything alike, and what it was asked. */
async function serve(answer: string): Promise<{ address: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((incoming, outgoing) => {
    void text(incoming).then((body) => {
      asked.push(`${incoming.method} ${incoming.url} ${body}`);
      return outgoing.end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("no port");
  return { address: `http://127.0.0.1:${address.port}`, asked };
}

/** There is no such region, on AWS or anywhere. */
const nowhere = "zz-ours-1";
const bootstrap = (state: unknown) =>
  JSON.stringify({ result: { asset: "a", state }, error: null });

test("knows the CLI that asks our own stand-in for AWS, by a region that no other can set up", async () => {
  const { address, asked } = await serve(bootstrap(stateBucket(nowhere, "ours")));
  expect(await isOwnServer(address, "ours")).toBe(true);
  expect(asked).toEqual([
    'POST /rpc {"jsonrpc":"1.0","method":"Provider.Aws.Bootstrap","params":[{"region":"zz-ours-1"}]}',
  ]);
});

const strangers: [who: string, answer: string][] = [
  ["the CLI of another evaluation", bootstrap(stateBucket(nowhere, "theirs"))],
  ["the CLI of a real deployment", bootstrap("sst-state-abcdefgh")],
  ["a CLI without AWS", '{"result":null,"error":"no provider"}'],
  ["a server that is no CLI", "<html>Not found</html>"],
  ["a server that talks without end", bootstrap(stateBucket(nowhere, "ours")) + " ".repeat(10_000)],
];

test.each(strangers)("does not take %s for its own", async (_who, answer) => {
  const { address } = await serve(answer);
  expect(await isOwnServer(address, "ours")).toBe(false);
});

test("does not take nobody for its own", async () => {
  expect(await isOwnServer("http://127.0.0.1:1", "ours")).toBe(false);
});
