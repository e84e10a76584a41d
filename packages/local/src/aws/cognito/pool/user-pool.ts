import type { PublicKey } from "@sst-gatehouse/blueprint/cognito-values";
import { userPoolIssuers } from "@sst-gatehouse/blueprint/user-pool-issuers";

import type { JsonObject } from "../../json-api/json-service.ts";
import type { Clock } from "../../clock.ts";
import type { Explain } from "../../explain.ts";
import type { ClientDocuments } from "../client-documents/client-documents.ts";
import { clientByDocument, createClients, noSuchClient } from "./clients.ts";
import type { Client, Clients } from "./clients.ts";
import { DocumentRefused } from "../client-documents/fetch-document.ts";
import { createGrants } from "./grants.ts";
import type { Grants, RefreshFailure } from "./grants.ts";
import { createGroups } from "./groups.ts";
import type { Groups } from "./groups.ts";
import { createPasswordReset } from "./password-reset.ts";
import type { PasswordReset } from "./password-reset.ts";
import { createSigningKey } from "./signing-keys.ts";
import { createSrpSignIn } from "./srp-sign-in.ts";
import type { SrpSignIn } from "./srp-sign-in.ts";
import { createTickets } from "./tickets.ts";
import type { Tickets } from "./tickets.ts";
import { createTokens, userAdminScope } from "./tokens.ts";
import type { AccessClaims, Tokens, UserTokens } from "./tokens.ts";
import { createUsers } from "./users.ts";
import type { User, Users } from "./users.ts";

export interface UserPoolOptions {
  readonly poolId: string;
  readonly region: string;
  readonly accountId: string;
  /** Names the hosted sign-in. */
  readonly domainPrefix: string;
  /** Of the resource server, as `<identifier>/<scope>`. */
  readonly resourceServerScopes: readonly string[];
  readonly selfSignUp: boolean;
  readonly issuerType: IssuerType;
  /** Whether a rotating refresh gives its tokens a new `auth_time`. */
  readonly movesAuthTime: boolean;
  readonly clock: Clock;
  readonly explain: Explain;
}

/** `IssuerConfiguration.Type`: which of its two names a pool writes into tokens. */
export type IssuerType = "ORIGINAL" | "UPDATED";

/** A sign-in that waits for a new password. */
export interface Challenge {
  readonly username: string;
  readonly clientId: string;
}

export type AccessTokenCheck =
  | { readonly kind: "valid"; readonly user: User; readonly claims: AccessClaims }
  | { readonly kind: "refused"; readonly why: "invalid" | "expired" | "revoked" };

export type PoolRefresh =
  | {
      readonly kind: "refreshed";
      readonly tokens: UserTokens;
      readonly successor: string | undefined;
    }
  | { readonly kind: "refused"; readonly why: RefreshFailure };

/** Clients that name themselves by the address of a document, and the app client in whose place they stand. */
export interface CimdPolicy {
  readonly clientId: string;
  readonly documents: ClientDocuments;
}

/** The pool's whole state. It lives in memory; keys, ids and secrets are new at every start. */
export interface UserPool {
  readonly options: UserPoolOptions;
  readonly id: string;
  readonly arn: string;
  issuerType: IssuerType;
  /** None at first. */
  cimdPolicy: CimdPolicy | undefined;
  /** What new tokens bear; follows `issuerType`. */
  readonly issuer: () => string;
  /** The hosted sign-in's name on AWS: `<prefix>.auth.<region>.amazoncognito.com`. */
  readonly domainHost: string;
  readonly createdAtMs: number;
  readonly clock: Clock;
  readonly users: Users;
  readonly groups: Groups;
  readonly clients: Clients;
  /** An app client, or one by its document where the document is known already. */
  readonly findClient: (id: string) => Client | undefined;
  /**
   * The client that asks for a sign-in. Its document is fetched where it has one.
   *
   * @returns why it is none, for the terminal.
   */
  readonly askClient: (id: string) => Promise<Client | { readonly reason: string }>;
  readonly grants: Grants;
  readonly tokens: Tokens;
  readonly challenges: Tickets<Challenge>;
  readonly passwordReset: PasswordReset;
  readonly srpSignIn: SrpSignIn;
  /** Scopes that a client of this pool may be given. */
  readonly knownScopes: readonly string[];
  readonly keySet: () => { readonly keys: readonly PublicKey[] };
  /** Signs any claims under any header with one of the pool's real keys. */
  readonly mintToken: (
    keyUse: "id" | "access",
    claims: JsonObject,
    header: JsonObject,
  ) => Promise<string>;
  /** Takes a refresh token and mints what follows. */
  refresh(refreshToken: string, client: Client): Promise<PoolRefresh>;
  /** Reads an access token the way `GetUser` and userInfo do: unlike offline checks, these notice a revocation. */
  checkAccessToken(token: string): Promise<AccessTokenCheck>;
  /**
   * Sets the new password that a challenge waits for. A password that breaks the policy throws, and may be corrected.
   *
   * @returns `undefined` when the challenge is unknown, expired, another client's or no longer asked for.
   * @throws {AwsError} InvalidPasswordException
   */
  answerChallenge(session: string, client: Client, newPassword: string): Promise<User | undefined>;
  /** Ends every refresh token of a user; the hosted session goes on. @throws {AwsError} UserNotFoundException */
  signOutEverywhere(username: string): void;
}

/** How long a new-password challenge waits for its answer. */
const challengeSeconds = 3 * 60;
const openIdScopes = ["openid", "email", "phone", "profile"];

export async function createUserPool(options: UserPoolOptions): Promise<UserPool> {
  const { poolId, region, accountId, domainPrefix, clock, explain } = options;
  const [original, updated] = userPoolIssuers(region, poolId);
  const [idKey, accessKey] = await Promise.all([createSigningKey(), createSigningKey()]);
  const poolName = poolId.slice(region.length + 1);
  const users = createUsers(clock, poolName);
  const grants = createGrants(clock);
  const issuer = (): string => (pool.issuerType === "UPDATED" ? updated : original);
  const tokens = createTokens({ issuer, issuers: [original, updated], idKey, accessKey, clock });

  const challenges = createTickets<Challenge>(challengeSeconds, clock);
  const clients = createClients(clock);

  const pool: UserPool = {
    options,
    id: poolId,
    arn: `arn:aws:cognito-idp:${region}:${accountId}:userpool/${poolId}`,
    issuerType: options.issuerType,
    issuer,
    domainHost: `${domainPrefix}.auth.${region}.amazoncognito.com`,
    createdAtMs: clock.now(),
    clock,
    users,
    grants,
    tokens,
    groups: createGroups(clock),
    clients,
    cimdPolicy: undefined,
    findClient(id) {
      const document = pool.cimdPolicy?.documents.find(id);
      return document === undefined
        ? clients.find(id)
        : clientByDocument(clients.get(pool.cimdPolicy?.clientId ?? ""), id, document);
    },
    async askClient(id) {
      const known = clients.find(id);
      if (known !== undefined) return known;
      const { cimdPolicy } = pool;
      if (cimdPolicy === undefined || !id.includes(":")) return { reason: noSuchClient(clients) };
      try {
        const document = await cimdPolicy.documents.ask(id);
        return clientByDocument(clients.get(cimdPolicy.clientId), id, document);
      } catch (error) {
        if (!(error instanceof DocumentRefused)) throw error;
        return { reason: `${error.code}: the client's document is not taken: ${error.message}` };
      }
    },
    challenges,
    srpSignIn: createSrpSignIn({ users, poolName, clock }),
    passwordReset: createPasswordReset({ users, clock, explain }),
    knownScopes: [...openIdScopes, userAdminScope, ...options.resourceServerScopes],
    mintToken: (keyUse, claims, header) =>
      (keyUse === "id" ? idKey : accessKey).sign(claims, header),
    keySet: () => ({ keys: [idKey.publicKey, accessKey.publicKey] }),
    async refresh(refreshToken, client) {
      const refresh = grants.refresh(refreshToken, client);
      if (refresh.kind === "refused") return refresh;
      const user = users.findBySub(refresh.grant.sub);
      if (!user?.enabled) return { kind: "refused", why: "revoked" };
      const { grant, successor } = refresh;
      const moved = options.movesAuthTime && successor !== undefined;
      const minted = await tokens.forUser({
        user,
        client,
        grant: moved ? { ...grant, authTime: Math.floor(clock.now() / 1000) } : grant,
      });
      return { kind: "refreshed", tokens: minted, successor };
    },
    async checkAccessToken(token) {
      const claims = await tokens.openAccess(token);
      if (claims === undefined) return { kind: "refused", why: "invalid" };
      if (claims === "expired") return { kind: "refused", why: "expired" };
      // A machine's token has neither.
      if (claims.username === undefined || claims.origin_jti === undefined)
        return { kind: "refused", why: "invalid" };
      const user = users.findBySub(claims.sub);
      const live = user?.enabled && grants.isLive(claims.origin_jti);
      return live ? { kind: "valid", user, claims } : { kind: "refused", why: "revoked" };
    },
    async answerChallenge(session, client, newPassword) {
      const challenge = challenges.find(session);
      const user = challenge && users.find(challenge.username);
      const asked =
        user?.enabled &&
        user.status === "FORCE_CHANGE_PASSWORD" &&
        challenge?.clientId === client.id;
      if (!asked) return undefined;
      const confirmed = await users.setPassword(user.username, newPassword, "CONFIRMED");
      challenges.redeem(session);
      return confirmed;
    },
    signOutEverywhere(username) {
      grants.revokeAllOf(users.get(username).sub);
    },
  };
  return pool;
}
