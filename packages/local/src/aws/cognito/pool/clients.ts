import { AwsError } from "../../json-api/json-service.ts";
import type { Clock } from "../../clock.ts";
import type { ClientDocument } from "../client-documents/parse-document.ts";
import { newClientId, newClientSecret, newClientSecretId } from "./ids.ts";

export type OAuthFlow = "code" | "implicit" | "client_credentials";

export interface ClientSecret {
  readonly id: string;
  readonly value: string;
  readonly createdAtMs: number;
}

/** An app client of the running pool. */
export interface Client {
  readonly id: string;
  readonly name: string;
  /** Each is good, so that one can take the place of the other; none for a public client. */
  readonly secrets: readonly ClientSecret[];
  readonly flows: readonly OAuthFlow[];
  /** What its tokens may carry; a request without `scope` gets all of them. */
  readonly scopes: readonly string[];
  /** Compared character by character. */
  readonly callbackUrls: readonly string[];
  readonly logoutUrls: readonly string[];
  /** `ALLOW_…`, as the API names them. */
  readonly authFlows: readonly string[];
  readonly idMinutes: number;
  readonly accessMinutes: number;
  readonly refreshDays: number;
  /** Absent: refresh tokens do not rotate. */
  readonly rotationGraceSeconds: number | undefined;
  readonly createdAtMs: number;
  /** Of a client that has said this of itself, in a document at the address that is its id. */
  readonly document?: ClientDocument;
}

export type NewClient = Omit<Client, "id" | "secrets" | "createdAtMs" | "document"> & {
  readonly generateSecret: boolean;
};

export interface Clients {
  add(client: NewClient): Client;
  find(id: string): Client | undefined;
  /** @throws {AwsError} ResourceNotFoundException */
  get(id: string): Client;
  list(): readonly Client[];
  /**
   * Gives a client a further secret, made up or as given.
   *
   * @throws {AwsError} InvalidParameterException for a public client, LimitExceededException for a third secret.
   */
  addSecret(id: string, value?: string): ClientSecret;
  /** @throws {AwsError} ResourceNotFoundException; InvalidParameterException for the last one. */
  removeSecret(id: string, secretId: string): void;
}

/** A client that names itself by the address of a document, in the place of the app client of the CIMD policy. */
export function clientByDocument(appClient: Client, id: string, document: ClientDocument): Client {
  const { redirectUris, scopes = appClient.scopes } = document;
  return {
    ...appClient,
    id,
    document,
    secrets: [],
    flows: appClient.flows.filter((flow) => flow === "code"),
    scopes: appClient.scopes.filter((scope) => scopes.includes(scope)),
    callbackUrls: redirectUris,
    logoutUrls: [],
    authFlows: [],
  };
}

const maxSecrets = 2;

/** For the terminal: why an id finds no client. Client ids are not secret; the one that was sent may be anything. */
export function noSuchClient(clients: Clients): string {
  const known = clients.list().map(({ name, id }) => `${name} ${id}`);
  return `no app client has this client_id; the known ones are ${known.join(", ") || "none"}`;
}

export function createClients(clock: Clock): Clients {
  const byId = new Map<string, Client>();
  const newSecret = (value = newClientSecret()): ClientSecret => ({
    id: newClientSecretId(),
    value,
    createdAtMs: clock.now(),
  });
  const get = (id: string): Client => {
    const client = byId.get(id);
    if (!client)
      throw new AwsError("ResourceNotFoundException", `User pool client ${id} does not exist.`);
    return client;
  };
  return {
    find: (id) => byId.get(id),
    list: () => [...byId.values()],
    get,
    addSecret(id, value) {
      const client = get(id);
      if (client.secrets.length === 0)
        throw new AwsError("InvalidParameterException", "The client has no client secret.");
      if (client.secrets.length >= maxSecrets) {
        throw new AwsError(
          "LimitExceededException",
          `A client can have at most ${maxSecrets} client secrets.`,
        );
      }
      const secret = newSecret(value);
      byId.set(id, { ...client, secrets: [...client.secrets, secret] });
      return secret;
    },
    removeSecret(id, secretId) {
      const client = get(id);
      const left = client.secrets.filter((secret) => secret.id !== secretId);
      if (left.length === client.secrets.length)
        throw new AwsError("ResourceNotFoundException", "The client secret does not exist.");
      if (left.length === 0) {
        throw new AwsError(
          "InvalidParameterException",
          "The last client secret of a client cannot be deleted.",
        );
      }
      byId.set(id, { ...client, secrets: left });
    },
    add({ generateSecret, ...settings }) {
      const client: Client = {
        ...settings,
        id: newClientId(),
        secrets: generateSecret ? [newSecret()] : [],
        createdAtMs: clock.now(),
      };
      byId.set(client.id, client);
      return client;
    },
  };
}
