import {
  Client,
  type OAuthDiscoveryState,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { afterAll, beforeAll, expect, test } from "vitest";

import { localFetch } from "./local-fetch.ts";
import { createPerson, signIn } from "./person.ts";
import { startTemplateApp, type TemplateApp } from "./template-app.ts";

// The client of the protocol's second SDK. It is stricter about who has sent a person back, and knows a revision without
// sessions, in which each call says all that there is to say.

let app: TemplateApp;
beforeAll(async () => {
  app = await startTemplateApp();
});
afterAll(() => app.close());

test.each([
  ["asks for the older revision", undefined, "legacy"],
  ["looks for the newer revision", "auto", "modern"],
] as const)(
  "the newer SDK's client that %s signs in, calls both tools, hears of progress, and renews",
  async (_what, mode, era) => {
    const { client, asked } = await connect(mode);
    expect(client.getProtocolEra()).toBe(era);
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(["count", "report"]);

    const came: number[] = [];
    const counting = client.callTool(
      { name: "count", arguments: { to: 3 } },
      { onprogress: ({ progress }) => came.push(progress) },
    );
    expect((await counting).content).toEqual([{ type: "text", text: "alice, I counted to 3." }]);
    expect(came).toEqual([1, 2, 3]);
    const refused = await client.callTool({ name: "report", arguments: {} });
    expect([refused.isError, refused.content]).toEqual([
      true,
      [{ type: "text", text: "This needs the group admin. Ask an administrator." }],
    ]);

    const before = asked.length;
    app.clock.advance(3601);
    expect((await client.listTools()).tools).toHaveLength(2);
    expect(asked.slice(before).filter((each) => each !== "GET /mcp 405")).toEqual([
      "POST /mcp 401",
      "POST /oauth2/token 200",
      "POST /mcp 200",
    ]);
    await client.close();
  },
);

test("nobody may hold a stream open to listen: it would be paid for as long as it is", async () => {
  const { client } = await connect("auto");
  await expect(client.listen({ toolsListChanged: true })).rejects.toThrow(
    "Subscription limit reached",
  );
  await client.close();
});

/** Signs alice in where the server asks for it. */
async function connect(mode?: "auto") {
  const alice = createPerson(app, "alice");
  const asked: string[] = [];
  let found: OAuthDiscoveryState | undefined;
  const authProvider = {
    ...alice.provider,
    discoveryState: () => found,
    saveDiscoveryState(state: OAuthDiscoveryState) {
      found = state;
    },
  };
  const open = () =>
    new StreamableHTTPClientTransport(new URL("/mcp", app.outputs.appUrl), {
      authProvider,
      async fetch(url, init) {
        const answer = await localFetch(url, init);
        asked.push(`${init?.method ?? "GET"} ${new URL(url).pathname} ${answer.status}`);
        return answer;
      },
    });
  const create = () =>
    new Client(
      { name: "newer", version: "1.0.0" },
      mode === undefined ? {} : { versionNegotiation: { mode } },
    );
  const transport = open();
  await expect(create().connect(transport)).rejects.toThrow("Unauthorized");
  const [to] = alice.sentTo;
  if (to === undefined) throw new Error("nobody was sent to sign in");
  await transport.finishAuth(new URLSearchParams({ code: await signIn(app, "alice", to) }));
  const client = create();
  await client.connect(open());
  return { client, asked };
}
