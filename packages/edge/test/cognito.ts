import { createHash, randomBytes } from "node:crypto";

import { accessClaims, idClaims, mint } from "@sst-gatehouse/testkit/tokens";

import { accessKey, idKey, issuer, webClient } from "./events.ts";
import type { FormAnswer, PostForm } from "../src/session/post-form.ts";

/** Tokens as the token endpoint answers them. */
export type TokenAnswer = Readonly<Record<string, unknown>>;

/** The answer without one of its members. */
export function without(name: string, answer: TokenAnswer): TokenAnswer {
  return Object.fromEntries(Object.entries(answer).filter(([member]) => member !== name));
}

/** A user pool's hosted sign-in in one variable: everybody who comes is signed in as `user`. */
export interface FakeCognito {
  readonly post: PostForm;
  /** What a browser meets at the hosted sign-in. @returns the address that it is sent back to. */
  readonly browse: (url: URL) => string;
  /** Every form that was posted, with its path. */
  readonly posted: readonly (Readonly<Record<string, string>> & { readonly path: string })[];
  /** Of the app client: each is good. */
  secrets: readonly string[];
  /** The `sub` and name of the person who signs in next. */
  user: string;
  groups: readonly string[];
  /** Of the ID tokens to come, beside the usual ones. */
  claims: Readonly<Record<string, unknown>>;
  /** Which of the pool's names its tokens bear. */
  issuer: string;
  /** Changes what the token endpoint answers. */
  tamper: (tokens: TokenAnswer) => TokenAnswer;
  /** Answers in place of everything else; an error is thrown. */
  instead: FormAnswer | Error | undefined;
  /** Each answer waits for it. */
  delay: Promise<void>;
  /** Tokens of the pool's own keys, for anybody. */
  readonly accessToken: (claims?: Partial<Parameters<typeof accessClaims>[0]>) => string;
  readonly idToken: (claims?: Readonly<Record<string, unknown>>) => string;
}

interface Grant extends SignedIn {
  readonly clientId: string | null;
  readonly challenge: string | null;
  readonly redirectUri: string | null;
  readonly nonce: string | null;
}

interface SignedIn {
  readonly user: string;
  /** As the sign-in asked for them. */
  readonly scopes: readonly string[];
}

interface RefreshToken extends SignedIn {
  readonly authTime: number;
  /** A rotated token is good for 60 seconds more. */
  until: number;
}

const refusal: FormAnswer = { status: 400, body: { error: "invalid_grant" } };

/** @param now whole seconds since the epoch. */
export function createFakeCognito(now: () => number): FakeCognito {
  const codes = new Map<string, Grant>();
  const refreshTokens = new Map<string, RefreshToken>();
  const posted: (Readonly<Record<string, string>> & { readonly path: string })[] = [];
  const random = (): string => randomBytes(24).toString("base64url");

  const tokens = (
    { user, scopes }: SignedIn,
    authTime: number,
    nonce?: string | null,
  ): TokenAnswer => {
    const refresh = `refresh.${random()}`;
    refreshTokens.set(refresh, { user, scopes, authTime, until: Number.POSITIVE_INFINITY });
    const claims = { sub: user, username: user, groups: cognito.groups, authTime, scopes };
    return {
      access_token: cognito.accessToken(claims),
      refresh_token: refresh,
      id_token: cognito.idToken({ sub: user, auth_time: authTime, nonce, ...cognito.claims }),
      token_type: "Bearer",
      expires_in: 3600,
    };
  };
  const exchange = ({
    code = "",
    code_verifier = "",
    redirect_uri,
    client_id,
  }: Record<string, string>) => {
    const grant = codes.get(code);
    codes.delete(code);
    const isOurs =
      grant !== undefined &&
      grant.challenge === createHash("sha256").update(code_verifier).digest("base64url") &&
      grant.redirectUri === redirect_uri &&
      grant.clientId === client_id;
    return isOurs ? tokens(grant, now(), grant.nonce) : undefined;
  };
  const refresh = ({ refresh_token = "", client_id }: Record<string, string>) => {
    const known = refreshTokens.get(refresh_token);
    if (known === undefined || known.until < now() || client_id !== webClient) return undefined;
    known.until = Math.min(known.until, now() + 60);
    return tokens(known, known.authTime);
  };

  const cognito: FakeCognito = {
    posted,
    secrets: ["madeUpSecretOfTheWebClient1"],
    user: "alice",
    groups: [],
    claims: {},
    issuer,
    tamper: (answer) => answer,
    instead: undefined,
    delay: Promise.resolve(),
    accessToken: (claims) =>
      mint({
        key: accessKey,
        claims: accessClaims({
          issuer: cognito.issuer,
          clientId: webClient,
          now: now(),
          ...claims,
        }),
      }),
    idToken: ({ sub, ...claims } = {}) =>
      mint({
        key: idKey,
        claims: {
          ...idClaims({ issuer: cognito.issuer, clientId: webClient, now: now() }),
          ...(sub === undefined ? {} : { sub }),
          ...claims,
        },
      }),
    async post(url, fields, authorization) {
      const { origin, pathname: path } = new URL(url);
      posted.push({ ...fields, path: `${origin}${path}` });
      await cognito.delay;
      if (cognito.instead instanceof Error) throw cognito.instead;
      if (cognito.instead !== undefined) return cognito.instead;
      const basic = (secret: string) =>
        `Basic ${Buffer.from(`${webClient}:${secret}`).toString("base64")}`;
      if (!cognito.secrets.some((secret) => authorization === basic(secret)))
        return { status: path === "/oauth2/revoke" ? 401 : 400, body: { error: "invalid_client" } };
      if (path === "/oauth2/revoke") {
        refreshTokens.delete(fields["token"] ?? "");
        return { status: 200, body: undefined };
      }
      const answer =
        fields["grant_type"] === "refresh_token" ? refresh({ ...fields }) : exchange({ ...fields });
      return answer === undefined ? refusal : { status: 200, body: cognito.tamper(answer) };
    },
    browse({ pathname, searchParams }) {
      const logoutUri = searchParams.get("logout_uri");
      if (pathname === "/logout" && logoutUri !== null) return logoutUri;
      const code = random();
      codes.set(code, {
        user: cognito.user,
        scopes: (searchParams.get("scope") ?? "").split(" "),
        clientId: searchParams.get("client_id"),
        challenge: searchParams.get("code_challenge"),
        redirectUri: searchParams.get("redirect_uri"),
        nonce: searchParams.get("nonce"),
      });
      const state = searchParams.get("state") ?? "";
      return `${searchParams.get("redirect_uri") ?? ""}?${new URLSearchParams({ code, state }).toString()}`;
    },
  };
  return cognito;
}
