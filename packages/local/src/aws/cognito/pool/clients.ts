import { AwsError } from "../../json-api/json-service.ts";
import type { Clock } from "../../clock.ts";
import { newClientId, newClientSecret } from "./ids.ts";

export type OAuthFlow = "code" | "implicit" | "client_credentials";

/** An app client of the running pool. */
export interface Client {
  readonly id: string;
  readonly name: string;
  readonly secret: string | undefined;
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
}

export type NewClient = Omit<Client, "id" | "secret" | "createdAtMs"> & {
  readonly generateSecret: boolean;
};

export interface Clients {
  add(client: NewClient): Client;
  find(id: string): Client | undefined;
  /** @throws {AwsError} ResourceNotFoundException */
  get(id: string): Client;
  list(): readonly Client[];
}

/** For the terminal: why an id finds no client. Client ids are not secret; the one that was sent may be anything. */
export function noSuchClient(clients: Clients): string {
  const known = clients.list().map(({ name, id }) => `${name} ${id}`);
  return `no app client has this client_id; the known ones are ${known.join(", ") || "none"}`;
}

export function createClients(clock: Clock): Clients {
  const byId = new Map<string, Client>();
  return {
    find: (id) => byId.get(id),
    list: () => [...byId.values()],
    get(id) {
      const client = byId.get(id);
      if (!client)
        throw new AwsError("ResourceNotFoundException", `User pool client ${id} does not exist.`);
      return client;
    },
    add({ generateSecret, ...settings }) {
      const client: Client = {
        ...settings,
        id: newClientId(),
        secret: generateSecret ? newClientSecret() : undefined,
        createdAtMs: clock.now(),
      };
      byId.set(client.id, client);
      return client;
    },
  };
}
