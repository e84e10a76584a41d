import type { OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";

import { openBrowser } from "@sst-gatehouse/local/test/cognito";
import { localFetch } from "./local-fetch.ts";
import type { TemplateApp } from "./template-app.ts";

/** As the template's gate.ts has it. */
export const callback = "http://localhost:33418/callback";

export interface Person {
  /** Its provider, which the SDK asks for everything. */
  readonly provider: OAuthClientProvider;
  /** What the client has; to be changed. */
  tokens: OAuthTokens | undefined;
  /** Every address that the client sent the person's browser to. */
  readonly sentTo: readonly URL[];
  /** What the SDK has asked for, with the status of each answer. */
  readonly asked: readonly string[];
  /** Connects, by a sign-in where the server asks for one. */
  readonly connect: () => Promise<Client>;
}

/** A person with a stock MCP client, who signs in by the public app client. */
export function createPerson(
  app: TemplateApp,
  username: string,
  base = app.outputs.appUrl,
): Person {
  const sentTo: URL[] = [];
  const asked: string[] = [];
  let verifier = "";
  const fetchAndNote = async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const answer = await localFetch(url, init);
    asked.push(`${init?.method ?? "GET"} ${new URL(url).pathname} ${answer.status}`);
    return answer;
  };
  const person: Person = {
    sentTo,
    asked,
    tokens: undefined,
    provider: {
      redirectUrl: callback,
      clientMetadata: { redirect_uris: [callback], client_name: "a stock client" },
      clientInformation: () => ({ client_id: app.outputs.clients.spa.id }),
      tokens: () => person.tokens,
      saveTokens(tokens) {
        person.tokens = tokens;
      },
      redirectToAuthorization(url) {
        sentTo.push(url);
      },
      saveCodeVerifier(made) {
        verifier = made;
      },
      codeVerifier: () => verifier,
      state: () => "any",
    },
    async connect() {
      const open = () =>
        new StreamableHTTPClientTransport(new URL("/mcp", base), {
          authProvider: person.provider,
          fetch: fetchAndNote,
        });
      const before = sentTo.length;
      const transport = open();
      const client = new Client({ name: "stock", version: "1.0.0" });
      try {
        await client.connect(transport);
        return client;
      } catch (error) {
        const to = sentTo.at(-1);
        if (to === undefined || sentTo.length === before) throw error;
        await transport.finishAuth(await signIn(app, username, to));
      }
      const again = new Client({ name: "stock", version: "1.0.0" });
      await again.connect(open());
      return again;
    },
  };
  return person;
}

/** What the person's browser does at the hosted sign-in. @returns the code that comes back to the client. */
export async function signIn(app: TemplateApp, username: string, to: URL): Promise<string> {
  const user = app.outputs.users.find((each) => each.username === username);
  const browser = openBrowser(to.origin, (url, init) =>
    localFetch(url instanceof Request ? url.url : url, init),
  );
  const answer = await browser.signIn(to.search.slice(1), username, user?.password ?? "");
  const location = answer.headers.get("location") ?? "";
  const code = new URL(location).searchParams.get("code");
  if (!location.startsWith(callback) || code === null)
    throw new Error(`no code came back: ${answer.status} ${location.split("?")[0]}`);
  return code;
}
