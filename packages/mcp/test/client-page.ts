import {
  discoverAuthorizationServerMetadata,
  discoverOAuthProtectedResourceMetadata,
  type OAuthClientProvider,
} from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

/**
 * A page with a stock MCP client in it, as somebody at another origin would write one. It is told the server's address and
 * a client's id in its query, goes through the sign-in as a page does, by leaving and coming back, and then offers what
 * it can do as `globalThis.mcp`.
 */
export interface ClientPage {
  /** The client, or why there is none. */
  readonly ready: Promise<Client>;
  readonly call: (name: string, args: Record<string, unknown>) => Call;
  /** What it can find out about the server without a token. */
  readonly discover: () => Promise<{ readonly resource: string; readonly issuer: string }>;
}

export interface Call {
  /** What the tool has said on the way so far. */
  readonly progress: readonly number[];
  /** Resolves with the first of it. */
  readonly begun: Promise<void>;
  readonly result: Promise<{ readonly isError?: boolean; readonly text: string }>;
}

declare global {
  var mcp: ClientPage;
}

const here = new URL(location.href);
for (const name of ["server", "client_id"]) {
  const given = here.searchParams.get(name);
  if (given !== null) sessionStorage.setItem(name, given);
}
const kept = (name: string): string => sessionStorage.getItem(name) ?? "";
const server = new URL(kept("server"));

const provider: OAuthClientProvider = {
  redirectUrl: `${here.origin}/`,
  clientMetadata: { redirect_uris: [`${here.origin}/`] },
  clientInformation: () => ({ client_id: kept("client_id") }),
  tokens: () => JSON.parse(kept("tokens") || "null") ?? undefined,
  saveTokens: (tokens) => sessionStorage.setItem("tokens", JSON.stringify(tokens)),
  state() {
    sessionStorage.setItem("state", crypto.randomUUID());
    return kept("state");
  },
  saveCodeVerifier: (verifier) => sessionStorage.setItem("verifier", verifier),
  codeVerifier: () => kept("verifier"),
  async redirectToAuthorization(url) {
    location.assign(url);
    // The page is left.
    await new Promise(() => undefined);
  },
};

async function connect(): Promise<Client> {
  const transport = () => new StreamableHTTPClientTransport(server, { authProvider: provider });
  const code = here.searchParams.get("code");
  if (code !== null) {
    if (here.searchParams.get("state") !== kept("state")) throw new Error("not what was asked for");
    history.replaceState(null, "", "/");
    await transport().finishAuth(code);
  }
  const client = new Client({ name: "page", version: "1.0.0" });
  await client.connect(transport());
  return client;
}

const ready = connect();
// Whoever asks for it is told.
ready.catch(() => undefined);

globalThis.mcp = {
  ready,
  call(name, args) {
    const progress: number[] = [];
    let begin: (() => void) | undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const result = ready.then(async (client) => {
      const answer = await client.callTool({ name, arguments: args }, undefined, {
        onprogress(said) {
          progress.push(said.progress);
          begin?.();
        },
      });
      const [{ text }] = Object(answer).content;
      return { ...(answer.isError === true && { isError: true }), text };
    });
    return { progress, begun, result };
  },
  async discover() {
    const { resource, authorization_servers: [issuer = ""] = [] } =
      await discoverOAuthProtectedResourceMetadata(server);
    const found = await discoverAuthorizationServerMetadata(issuer);
    return { resource, issuer: found?.issuer ?? "" };
  },
};
