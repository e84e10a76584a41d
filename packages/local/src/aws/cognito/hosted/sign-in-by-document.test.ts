import { startLoopbackServer, type LoopbackServer } from "@sst-gatehouse/testkit/loopback-server";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import {
  callbackUrl as appClientsOwn,
  type CognitoUnderTest,
  decodeJwt,
  locationOf,
  logoutUrl,
  openBrowser,
  password,
  pkcePair,
  startCognito,
} from "../../../../test/cognito.ts";
import { createFetchDocument } from "../client-documents/fetch-document.ts";

const url = "https://client.example/oauth/client.json";
/** A second one, which the policy takes by itself. */
const other = "https://other.example/client.json";
const callbackUrl = "http://localhost:33418/callback";
const plain = {
  client_id: url,
  client_name: "A client",
  redirect_uris: [callbackUrl],
  grant_types: ["authorization_code", "refresh_token"],
  token_endpoint_auth_method: "none",
};

let stand: CognitoUnderTest;
let web: LoopbackServer;
/** What the servers of both clients have been asked for. */
let asked: string[];
let served: { document: unknown; headers: Readonly<Record<string, string>>; status: number };
const usual = { document: plain, headers: { "content-type": "application/json" }, status: 200 };

beforeAll(async () => {
  web = await startLoopbackServer();
  web.handle = async (request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(served.status, served.headers).end(JSON.stringify(served.document));
  };
  const fetchDocument = createFetchDocument({
    onThisMachine: { [url]: `${web.origin}/client.json`, [other]: `${web.origin}/other.json` },
    lookup: (_host, done) => done(null, [{ address: "169.254.169.254", family: 4 }]),
  });
  stand = await startCognito({
    cimd: { urlPatterns: ["https://client.example/oauth/*", other], fetchDocument },
  });
});
// Documents are remembered for a day.
beforeEach(() => {
  stand.clock.advance(86_400);
  stand.explained.length = 0;
  asked = [];
  served = usual;
});
afterAll(async () => {
  await stand.close();
  await web.close();
});

const { verifier, challenge } = pkcePair();
const queryOf = (more: Record<string, string> = {}) =>
  new URLSearchParams({
    client_id: url,
    redirect_uri: callbackUrl,
    response_type: "code",
    state: "s",
    code_challenge: challenge,
    code_challenge_method: "S256",
    ...more,
  }).toString();
const authorize = async (more: Record<string, string> = {}) =>
  locationOf(await openBrowser(stand.origin).get(`/oauth2/authorize?${queryOf(more)}`)).href;
const token = async (fields: Record<string, string>, headers: Record<string, string> = {}) => {
  const body = new URLSearchParams(fields);
  const answer = await fetch(`${stand.origin}/oauth2/token`, { method: "POST", body, headers });
  return { status: answer.status, ...Object(await answer.json()) };
};
const signIn = async (more: Record<string, string> = {}): Promise<string> => {
  const answer = await openBrowser(stand.origin).signIn(queryOf(more), "alice", password);
  const back = locationOf(answer);
  expect(back.href.startsWith(`${callbackUrl}?code=`)).toBe(true);
  return back.searchParams.get("code") ?? "";
};
const exchange = (code: string, more: Record<string, string> = {}) =>
  token({
    grant_type: "authorization_code",
    client_id: url,
    redirect_uri: callbackUrl,
    code,
    code_verifier: verifier,
    ...more,
  });
/** The domain's own error page, and why, as the terminal says it. */
const refusedAs = (error: string, clientId = url) =>
  `${stand.origin}/error?${new URLSearchParams({ error, client_id: clientId }).toString()}`;

describe("a client that is known by its document", () => {
  test("signs in, renews, and its tokens bear its address", async () => {
    const tokens = await exchange(await signIn({ resource: "https://app.example/mcp" }));
    expect(asked).toEqual(["/client.json"]);
    expect([tokens.status, tokens.token_type]).toEqual([200, "Bearer"]);
    const { claims } = decodeJwt(tokens.access_token);
    expect(claims).toMatchObject({
      client_id: url,
      aud: "https://app.example/mcp",
      username: "alice",
      scope: "openid email profile api/read",
    });
    expect(decodeJwt(tokens.id_token).claims["aud"]).toBe(url);
    const renewing = {
      grant_type: "refresh_token",
      client_id: url,
      refresh_token: tokens.refresh_token,
    };
    stand.clock.advance(3600);
    const renewed = await token(renewing);
    expect(decodeJwt(renewed.access_token).claims).toMatchObject({
      client_id: url,
      aud: "https://app.example/mcp",
    });
    expect(stand.explained).toEqual([]);
  });

  test("gets no refresh token and no further scope than it asks for in its document", async () => {
    const { grant_types: _both, ...withoutGrants } = plain;
    served = { ...usual, document: { ...withoutGrants, scope: "openid api/read api/write" } };
    const tokens = await exchange(await signIn());
    expect(["refresh_token" in tokens, decodeJwt(tokens.access_token).claims["scope"]]).toEqual([
      false,
      "openid api/read",
    ]);
    expect(await authorize({ scope: "openid email" })).toBe(
      `${callbackUrl}?error_description=invalid_scope&error=invalid_request`,
    );
  });

  test.each<[says: string, cacheControl: string, again: number, after: number]>([
    ["nothing", "", 86_399, 86_400],
    ["two days", "max-age=172800", 172_799, 172_800],
    ["less than a day", "max-age=60", 86_399, 86_400],
    ["more than a year", "max-age=31556953", 86_399, 86_400],
    ["not to keep it", "no-store", 86_399, 86_400],
  ])("is asked again when its document is old: it says %s", async (_says, control, kept, old) => {
    served = { ...usual, headers: { ...usual.headers, "cache-control": control } };
    // Whatever the test before has left is older than this.
    stand.clock.advance(31_556_952);
    await authorize();
    stand.clock.advance(kept);
    await authorize();
    expect(asked).toEqual(["/client.json"]);
    stand.clock.advance(old - kept);
    await authorize();
    expect(asked).toEqual(["/client.json", "/client.json"]);
  });

  test("may not be anything but a public client with a challenge", async () => {
    expect(await authorize({ response_type: "token" })).toBe(
      `${callbackUrl}#error=unauthorized_client`,
    );
    const without = new URLSearchParams(queryOf());
    without.delete("code_challenge");
    without.delete("code_challenge_method");
    const answer = await openBrowser(stand.origin).get(`/oauth2/authorize?${without.toString()}`);
    expect(locationOf(answer).href).toBe(`${callbackUrl}?error=invalid_request`);
    const code = await signIn();
    expect(await exchange(code, { client_secret: "s3cret" })).toMatchObject({
      status: 400,
      error: "invalid_client",
    });
    expect(await token({ grant_type: "client_credentials", client_id: url })).toMatchObject({
      error: "unauthorized_client",
    });
  });

  test("cannot use another one's code or refresh token, nor the app client its own", async () => {
    served = { ...usual, document: { ...plain, client_id: other } };
    await authorize({ client_id: other });
    served = usual;
    const spa = stand.cognito.clientId("spa");
    for (const client_id of [other, spa])
      expect(await exchange(await signIn(), { client_id })).toMatchObject({
        error: "invalid_grant",
      });
    const { refresh_token } = await exchange(await signIn());
    for (const client_id of [other, spa])
      expect(await token({ grant_type: "refresh_token", client_id, refresh_token })).toMatchObject({
        error: "invalid_grant",
      });
  });

  test("is unknown to the token endpoint before it has asked for a sign-in, and nothing is fetched for it", async () => {
    const unasked = "https://client.example/oauth/unasked.json";
    expect(await exchange("code", { client_id: unasked })).toMatchObject({
      error: "invalid_client",
    });
    expect(asked).toEqual([]);
  });
});

describe("nobody is sent anywhere", () => {
  test.each([
    ["an address of nobody's", "https://evil.example/callback"],
    ["one of the app client's", appClientsOwn],
    ["another port", "http://localhost:33419/callback"],
    ["one slash more", `${callbackUrl}/`],
    ["a query of its own", `${callbackUrl}?x`],
  ])("when the document does not list where to return to: %s", async (_what, redirect_uri) => {
    expect(await authorize({ redirect_uri })).toBe(refusedAs("redirect_mismatch"));
  });

  test.each<[code: string, what: string, change: Partial<typeof served>]>([
    ["document_status", "redirects", { status: 302, headers: { location: other } }],
    ["document_status", "is not there", { status: 404 }],
    ["document_type", "is a page", { headers: { "content-type": "text/html" } }],
    ["document_too_large", "is 10 MB", { document: "x".repeat(10_000_000) }],
    ["document_json", "is a text", { document: "client" }],
    ["document_client_id", "is another client's", { document: { ...plain, client_id: other } }],
    ["document_secret", "has a secret", { document: { ...plain, client_secret: "x" } }],
    ["document_redirect_uris", "lists nothing", { document: { ...plain, redirect_uris: [] } }],
  ])("with %s when the document %s; it is asked for again", async (code, _what, change) => {
    served = { ...usual, ...change };
    expect(await authorize()).toBe(refusedAs("invalid_request"));
    expect(stand.explained[0]).toContain(
      `cognito: sign-in refused: ${code}: the client's document is not taken: `,
    );
    served = usual;
    expect((await authorize()).startsWith(`${stand.origin}/login?`)).toBe(true);
    expect(asked).toHaveLength(2);
  });

  test("with document_address when its name leads inwards", async () => {
    const inward = "https://client.example/oauth/inward.json";
    expect(await authorize({ client_id: inward })).toBe(refusedAs("invalid_request", inward));
    expect(stand.explained).toEqual([
      "cognito: sign-in refused: document_address: the client's document is not taken: its host is at 169.254.169.254, which is not on the internet",
    ]);
  });

  test.each([
    ["document_policy", "https://client.example/client.json"],
    ["document_policy", "https://client.example.evil/oauth/client.json"],
    ["document_policy", `${other}.evil`],
    ["document_policy", "https://sub.other.example/client.json"],
    ["document_url", "https://client.example@evil.example/oauth/client.json"],
    ["document_url", "https://client.example/oauth/../../client.json"],
    ["document_url", "https://client.example/oauth/%2e%2e/client.json"],
    ["document_url", `${url}#fragment`],
    ["document_url", `${url}?query`],
    ["document_url", "https://user:s3cret@client.example/oauth/client.json"],
    ["document_url", "https://client.example:8443/oauth/client.json"],
    ["document_url", "https://CLIENT.example/oauth/client.json"],
    ["document_url", "https://127.0.0.1/oauth/client.json"],
    ["document_url", "https://[::1]/oauth/client.json"],
    ["document_url", "http://client.example/oauth/client.json"],
    ["document_url", "javascript:alert(1)"],
  ])("with %s for %s, and nobody is asked", async (code, client_id) => {
    expect(await authorize({ client_id })).toBe(refusedAs("invalid_request", client_id));
    expect(stand.explained[0]).toContain(`sign-in refused: ${code}: `);
    expect(stand.explained[0]).not.toContain("s3cret");
    expect(asked).toEqual([]);
  });

  test("by a sign-out", async () => {
    await authorize();
    const query = new URLSearchParams({ client_id: url, logout_uri: logoutUrl });
    const answer = await openBrowser(stand.origin).get(`/logout?${query.toString()}`);
    expect(locationOf(answer).href).toBe(refusedAs("redirect_mismatch"));
  });
});

test("without a policy an address is an id that nobody has", async () => {
  const without = await startCognito();
  const answer = await openBrowser(without.origin).get(`/oauth2/authorize?${queryOf()}`);
  expect(locationOf(answer).pathname).toBe("/error");
  expect(without.explained[0]).toContain("sign-in refused: no app client has this client_id");
  await without.close();
});
