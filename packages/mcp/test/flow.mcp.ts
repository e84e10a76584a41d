import {
  type OAuthClientProvider,
  registerClient,
  UnauthorizedError,
} from "@modelcontextprotocol/sdk/client/auth.js";
import { InvalidClientMetadataError } from "@modelcontextprotocol/sdk/server/auth/errors.js";
import type { OAuthClientInformation } from "@modelcontextprotocol/sdk/shared/auth.js";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { send } from "../../../acceptance/support/client.ts";
import { type LoopbackServer, startLoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import { decodeJwt } from "@sst-gatehouse/local/test/cognito";
import { localFetch } from "./local-fetch.ts";
import { callback, createPerson, signIn } from "./person.ts";
import { startTemplateApp, type TemplateApp } from "./template-app.ts";

/** The address of a client's document, which is its id; a server of this machine stands for that of its host. */
const documentUrl = "https://client.example/oauth/client.json";

let app: TemplateApp;
let documents: LoopbackServer;
beforeAll(async () => {
  documents = await startLoopbackServer();
  documents.handle = async (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        client_id: documentUrl,
        client_name: "a stock client",
        redirect_uris: [callback],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "none",
      }),
    );
  };
  app = await startTemplateApp({
    stage: { cimdUrlPatterns: ["https://client.example/oauth/*"] },
    local: { clientDocuments: { [documentUrl]: `${documents.origin}/client.json` } },
  });
});
afterAll(async () => {
  await app.close();
  await documents.close();
});

const textOf = (result: unknown) => Object(result).content[0].text;

test("a stock client that knows only the address signs in and calls both tools, one of them refused to alice", async () => {
  const alice = createPerson(app, "alice");
  const client = await alice.connect();
  expect(alice.asked.slice(0, 3)).toEqual([
    "POST /mcp 401",
    "GET /.well-known/oauth-protected-resource/mcp 200",
    "GET /.well-known/oauth-authorization-server 200",
  ]);
  const [to] = alice.sentTo;
  expect(Object.fromEntries(to?.searchParams ?? [])).toMatchObject({
    scope: "api/mcp",
    resource: `${app.outputs.appUrl}/mcp`,
    code_challenge_method: "S256",
    redirect_uri: callback,
  });
  expect(decodeJwt(alice.tokens?.access_token ?? "").claims).toMatchObject({
    aud: `${app.outputs.appUrl}/mcp`,
    scope: "api/mcp",
  });

  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(["count", "report"]);
  const counted = await client.callTool({ name: "count", arguments: { to: 1 } });
  expect(textOf(counted)).toBe("alice, I counted to 1.");
  const refused = await client.callTool({ name: "report", arguments: {} });
  expect([refused.isError, textOf(refused)]).toEqual([
    true,
    "This needs the group admin. Ask an administrator.",
  ]);
  await client.close();

  const ada = await createPerson(app, "ada").connect();
  expect(textOf(await ada.callTool({ name: "report", arguments: {} }))).toBe("All is well.");
  await ada.close();
});

test("what a tool says on the way arrives on the way", async () => {
  const client = await createPerson(app, "alice").connect();
  const came: number[] = [];
  let arrived: (() => void) | undefined;
  const first = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const result = client.callTool({ name: "count", arguments: { to: 3 } }, undefined, {
    onprogress: ({ progress }) => {
      came.push(progress);
      arrived?.();
    },
  });
  await first;
  // What came with it is there by now.
  await new Promise((resolve) => setImmediate(resolve));
  expect(came).toEqual([1]);
  await result;
  expect(came).toEqual([1, 2, 3]);
  await client.close();
});

test("a stock client that brings nothing but the address of its document signs in by it", async () => {
  const alice = createPerson(app, "alice");
  let information: OAuthClientInformation | undefined;
  const provider: OAuthClientProvider = {
    ...alice.provider,
    clientMetadataUrl: documentUrl,
    clientInformation: () => information,
    saveClientInformation(saved) {
      information = saved;
    },
  };
  Object.assign(alice, { provider });
  const client = await alice.connect();
  expect(information).toMatchObject({ client_id: documentUrl });
  expect(alice.asked).not.toContain("POST /register 400");
  expect(alice.sentTo.map((to) => to.searchParams.get("client_id"))).toEqual([documentUrl]);
  const { access_token: token = "", refresh_token } = alice.tokens ?? {};
  expect(decodeJwt(token).claims).toMatchObject({
    client_id: documentUrl,
    aud: `${app.outputs.appUrl}/mcp`,
    scope: "api/mcp",
  });
  const counted = await client.callTool({ name: "count", arguments: { to: 1 } });
  expect(textOf(counted)).toBe("alice, I counted to 1.");

  app.clock.advance(3601);
  expect((await client.listTools()).tools).toHaveLength(2);
  expect([alice.tokens?.refresh_token === refresh_token, alice.sentTo.length]).toEqual([false, 1]);
  await client.close();
});

test("by a document nobody gets elsewhere, nor with an address that it does not list", async () => {
  const asking = async (changes: Readonly<Record<string, string>>) => {
    const url = new URL(
      JSON.parse(
        await (
          await localFetch(`${app.outputs.appUrl}/.well-known/oauth-authorization-server`)
        ).text(),
      ).authorization_endpoint,
    );
    const asked = { client_id: documentUrl, redirect_uri: callback, response_type: "code" };
    for (const [name, value] of Object.entries({ ...asked, ...changes }))
      url.searchParams.set(name, value);
    const answer = await localFetch(url);
    return answer.headers.get("location")?.replace(url.origin, "").split("&")[0];
  };
  expect(await asking({ redirect_uri: "https://evil.example/callback" })).toBe(
    "/error?error=redirect_mismatch",
  );
  for (const client_id of [
    "https://client.example.evil/oauth/client.json",
    "https://client.example@evil.example/oauth/client.json",
    `${documentUrl}#x`,
  ])
    expect([client_id, await asking({ client_id })]).toEqual([
      client_id,
      "/error?error=invalid_request",
    ]);
});

test("the app's other own origin is another resource, with tokens of its own", async () => {
  const here = createPerson(app, "alice", app.outputs.loopbackUrl);
  const client = await here.connect();
  expect((await client.listTools()).tools).toHaveLength(2);
  expect(decodeJwt(here.tokens?.access_token ?? "").claims["aud"]).toBe(
    `${app.outputs.loopbackUrl}/mcp`,
  );
  const authorization = `Bearer ${here.tokens?.access_token}`;
  const elsewhere = await localFetch(`${app.outputs.appUrl}/mcp`, {
    method: "POST",
    headers: { authorization },
  });
  expect([elsewhere.status, Object(await elsewhere.json()).code]).toEqual([401, "token_audience"]);
  await client.close();
});

test("a token without the scope is answered by a challenge on which the client signs in for it", async () => {
  const alice = createPerson(app, "alice");
  alice.tokens = { access_token: (await app.tokensFor("alice"))?.id ?? "", token_type: "Bearer" };
  const client = await alice.connect();
  expect(alice.asked[0]).toBe("POST /mcp 403");
  expect(alice.sentTo.map((to) => to.searchParams.get("scope"))).toEqual(["api/mcp"]);
  expect((await client.listTools()).tools).toHaveLength(2);
  await client.close();
});

test("the hour passes, and the client renews without asking anybody", async () => {
  const alice = createPerson(app, "alice");
  const client = await alice.connect();
  const before = alice.tokens?.access_token;
  await client.listTools();
  // The stream that it has asked for, too: this server has none.
  await vi.waitFor(() => expect(alice.asked).toContain("GET /mcp 405"));
  const asked = alice.asked.length;
  app.clock.advance(3601);
  expect((await client.listTools()).tools).toHaveLength(2);
  expect(alice.asked.slice(asked)).toEqual([
    "POST /mcp 401",
    "GET /.well-known/oauth-protected-resource/mcp 200",
    "GET /.well-known/oauth-authorization-server 200",
    "POST /oauth2/token 200",
    "POST /mcp 200",
  ]);
  expect(alice.sentTo).toHaveLength(1);
  const renewed = decodeJwt(alice.tokens?.access_token ?? "").claims;
  expect([alice.tokens?.access_token === before, renewed["aud"]]).toEqual([
    false,
    `${app.outputs.appUrl}/mcp`,
  ]);
  await client.close();
});

test("a client that wants to register itself is told that it cannot, in words that it understands", async () => {
  const clientMetadata = { redirect_uris: [callback] };
  const registering = registerClient(app.outputs.appUrl, { clientMetadata, fetchFn: localFetch });
  await expect(registering).rejects.toThrow("No client can register itself here.");
  await expect(registering).rejects.toBeInstanceOf(InvalidClientMetadataError);
});

test("a foreign address to return to, another resource and another host are refused, each with its code", async () => {
  const alice = createPerson(app, "alice");
  await alice.connect();
  const [to] = alice.sentTo;
  if (to === undefined) throw new Error("nobody was sent to sign in");
  const asking = async (changes: Readonly<Record<string, string>>) => {
    const url = new URL(to);
    for (const [name, value] of Object.entries(changes)) url.searchParams.set(name, value);
    const answer = await localFetch(url);
    return [answer.status, answer.headers.get("location")?.replace(url.origin, "").split("&")[0]];
  };
  expect(await asking({ redirect_uri: "https://evil.example/callback" })).toEqual([
    302,
    "/error?error=redirect_mismatch",
  ]);
  expect(await asking({ resource: "http://evil.example/mcp" })).toEqual([
    302,
    `${callback}?error=invalid_request`,
  ]);

  const other = new URL(to);
  other.searchParams.set("resource", "https://other.example/mcp");
  const code = await signIn(app, "alice", other);
  expect(code).toMatch(/./);

  const metadata = await localFetch(`${app.outputs.appUrl}/.well-known/oauth-protected-resource`, {
    headers: { "x-forwarded-host": "evil.example", forwarded: "host=evil.example" },
  });
  expect(JSON.stringify(await metadata.json())).not.toContain("evil");
  for (const [path, expected] of [
    ["/mcp/%2e%2e/x", "path_malformed"],
    ["/MCP", "path_ambiguous"],
    ["/.well-known/oauth-protected-resource/MCP", "path_ambiguous"],
    ["/Register", "path_ambiguous"],
  ] as const) {
    const answer = await send(app.outputs.appUrl, { method: "POST", path });
    expect([path, Object(answer.json()).code]).toEqual([path, expected]);
  }
});

test("without a sign-in there is none: the client says so", async () => {
  const alice = createPerson(app, "alice");
  alice.provider.redirectToAuthorization = () => undefined;
  await expect(alice.connect()).rejects.toThrow(UnauthorizedError);
});
