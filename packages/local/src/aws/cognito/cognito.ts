import type { IncomingMessage, ServerResponse } from "node:http";

import { appClients, clientScopes, tokenLifetimes } from "@sst-gatehouse/blueprint/app-clients";
import type { AppClientName } from "@sst-gatehouse/blueprint/app-clients";
import type { PublicKey } from "@sst-gatehouse/blueprint/cognito-values";
import { signInUrl } from "@sst-gatehouse/blueprint/sign-in-url";

import type { JsonObject, JsonService } from "../json-api/json-service.ts";
import type { Clock } from "../clock.ts";
import type { Explain } from "../explain.ts";
import { createUserPoolApi } from "./api/api.ts";
import { createClientDocuments } from "./client-documents/client-documents.ts";
import type { FetchDocument } from "./client-documents/fetch-document.ts";
import type { Client } from "./pool/clients.ts";
import { createHosted } from "./hosted/hosted.ts";
import { newPoolId } from "./pool/ids.ts";
import { createKeySetListener } from "./hosted/key-set.ts";
import { createUserPool } from "./pool/user-pool.ts";
import type { IssuerType, UserPool } from "./pool/user-pool.ts";

/** Names the pool's sign-in domain on AWS: what the guard calls, the discovery document and DescribeUserPool say. */
const domainPrefix = "gatehouse-local";

export interface SeededUser {
  readonly username: string;
  readonly password: string;
  readonly groups: readonly string[];
  /** Counts as verified. */
  readonly email?: string;
  /** The password must be changed at the first sign-in. */
  readonly temporary?: boolean;
}

export interface CognitoOptions {
  readonly region: string;
  readonly accountId: string;
  /** `<region>_` and nine letters or digits; a new one when absent. */
  readonly poolId?: string;
  /** Where a browser finds the hosted sign-in, without a trailing slash. */
  readonly hostedOrigin: string;
  readonly clock: Clock;
  readonly explain: Explain;
  /** The blueprint's clients that this stack has. */
  readonly clients: readonly AppClientName[];
  /** The exact addresses of each client. */
  readonly redirectUrls: (client: AppClientName) => {
    readonly callbackUrls: readonly string[];
    readonly logoutUrls: readonly string[];
  };
  /** As `<identifier>/<scope>`. Clients for machines may ask for these. */
  readonly resourceServerScopes: readonly string[];
  /** Which of them clients for people may ask for, beside the OpenID ones. */
  readonly peopleScopes: readonly string[];
  readonly selfSignUp: boolean;
  readonly users: readonly SeededUser[];
  /** Which of its two names the pool writes into tokens; `ORIGINAL` when absent. */
  readonly issuerType?: IssuerType;
  /** Whether a rotating refresh gives its tokens a new `auth_time`. */
  readonly movesAuthTime?: boolean;
  /** Whether refresh tokens rotate; they do when left out. */
  readonly rotates?: boolean;
  /** The pool's CIMD policy, for the app client `spa`; none when absent. */
  readonly cimd?: {
    readonly urlPatterns: readonly string[];
    readonly fetchDocument: FetchDocument;
  };
}

export interface Cognito {
  readonly poolId: string;
  /** What tokens bear as `iss` now. */
  readonly issuer: string;
  /** The hosted sign-in's name on AWS: `handleHosted` answers for it too, when the guard calls. */
  readonly domainHost: string;
  readonly users: readonly SeededUser[];
  /** The user pool API, for the JSON front. */
  readonly service: JsonService;
  /** @throws {TypeError} when the stack has no such client. */
  readonly clientId: (client: AppClientName) => string;
  /** @throws {TypeError} when the stack has no such client, or the client has no secret. */
  readonly clientSecret: (client: AppClientName) => string;
  readonly handleHosted: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Key set and discovery document, for GET under the host of either issuer. */
  readonly handleIdp: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly keySet: () => { readonly keys: readonly PublicKey[] };
  /** The form, for a person with a browser: with tokens in the fragment where the client may have them. */
  readonly signInUrl: (client: AppClientName, callbackUrl: string) => string;
  /** Tokens as after a sign-in at the hosted pages, with all scopes of the client. */
  readonly tokensFor: (
    username: string,
    client: AppClientName,
  ) => Promise<{ id: string; access: string; refresh: string }>;
  /** An access token as `client_credentials` gives, with all scopes of the client. */
  readonly machineToken: (client: AppClientName) => Promise<string>;
  /** Signs any claims under any header with one of the pool's real keys: tokens that Cognito itself would never make. */
  readonly mintToken: (
    keyUse: "id" | "access",
    claims: JsonObject,
    header: JsonObject,
  ) => Promise<string>;
}

/**
 * A user pool with its API, hosted sign-in and key set. Keys, ids and secrets are new each time.
 *
 * @throws {TypeError} for a pool id that no verifier would accept.
 */
export async function createCognito(options: CognitoOptions): Promise<Cognito> {
  const { region, accountId, hostedOrigin, clock, explain, resourceServerScopes, selfSignUp } =
    options;
  const poolId = options.poolId ?? newPoolId(region);
  if (!poolId.startsWith(`${region}_`) || !/^[\w-]+_[0-9a-zA-Z]+$/.test(poolId)) {
    throw new TypeError(`${poolId} is not a user pool id of ${region}`);
  }
  const pool = await createUserPool({
    poolId,
    region,
    accountId,
    domainPrefix,
    resourceServerScopes,
    selfSignUp,
    issuerType: options.issuerType ?? "ORIGINAL",
    movesAuthTime: options.movesAuthTime ?? false,
    clock,
    explain,
  });

  const clients = new Map<AppClientName, string>();
  for (const name of options.clients) clients.set(name, addClient(pool, name, options).id);
  const clientOf = (name: AppClientName): Client => {
    const id = clients.get(name);
    if (id === undefined) throw new TypeError(`this stack has no app client ${name}`);
    return pool.clients.get(id);
  };
  if (options.cimd !== undefined)
    pool.cimdPolicy = {
      clientId: clientOf("spa").id,
      documents: createClientDocuments({ ...options.cimd, clock }),
    };
  for (const user of options.users) await addUser(pool, user);

  return {
    poolId,
    get issuer() {
      return pool.issuer();
    },
    domainHost: pool.domainHost,
    users: options.users,
    service: createUserPoolApi(pool),
    clientId: (name) => clientOf(name).id,
    clientSecret(name) {
      const secret = clientOf(name).secrets[0]?.value;
      if (secret === undefined) throw new TypeError(`the app client ${name} has no secret`);
      return secret;
    },
    handleHosted: createHosted({ pool, origin: hostedOrigin, explain }),
    handleIdp: createKeySetListener(pool),
    keySet: pool.keySet,
    mintToken: pool.mintToken,
    signInUrl: (name, callbackUrl) =>
      signInUrl(name, clientOf(name).id, { hostedOrigin, callbackUrl }),
    async tokensFor(username, name) {
      const client = clientOf(name);
      const user = pool.users.get(username);
      const authTime = Math.floor(clock.now() / 1000);
      const { grant, refreshToken } = pool.grants.open({
        client,
        user,
        scopes: client.scopes,
        by: "hosted",
        authTime,
      });
      const { id, access } = await pool.tokens.forUser({ user, client, grant });
      if (id === undefined) throw new TypeError(`the app client ${name} does not sign in people`);
      return { id, access, refresh: refreshToken };
    },
    async machineToken(name) {
      const client = clientOf(name);
      if (!client.flows.includes("client_credentials"))
        throw new TypeError(`the app client ${name} does not sign in machines`);
      return (await pool.tokens.forMachine(client, client.scopes)).access;
    },
  };
}

function addClient(pool: UserPool, name: AppClientName, options: CognitoOptions): Client {
  const { kind, flows, generateSecret } = appClients[name];
  const { redirectUrls, resourceServerScopes } = options;
  return pool.clients.add({
    name,
    flows,
    generateSecret,
    scopes: clientScopes(kind, resourceServerScopes, options),
    ...redirectUrls(name),
    // No passwords through the API: people sign in at the hosted pages.
    authFlows: [],
    idMinutes: tokenLifetimes.idMinutes,
    accessMinutes: tokenLifetimes.accessMinutes,
    refreshDays: tokenLifetimes.refreshDays,
    rotationGraceSeconds:
      options.rotates === false ? undefined : tokenLifetimes.rotationGraceSeconds,
  });
}

async function addUser(
  pool: UserPool,
  { username, password, groups, email, temporary }: SeededUser,
): Promise<void> {
  const attributes = new Map(
    email === undefined
      ? []
      : ([
          ["email", email],
          ["email_verified", "true"],
        ] as const),
  );
  await pool.users.add({
    username,
    password,
    status: temporary ? "FORCE_CHANGE_PASSWORD" : "CONFIRMED",
    attributes,
  });
  for (const group of groups) if (!pool.groups.has(group)) pool.groups.add({ name: group });
  pool.users.update(username, { groups });
}
