import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import { openIdScopes } from "@sst-gatehouse/blueprint/app-clients";
import { isDocumentUrl, matchesUrlPatterns } from "@sst-gatehouse/blueprint/client-documents";
import type { AccessRules } from "@sst-gatehouse/core/access";
import { GuardError } from "@sst-gatehouse/core/errors";
import {
  isResourceRoute,
  registrationPath,
  requireResource,
  type Resource,
  resourceMetadataPath,
  serverMetadataPath,
  withResource,
} from "@sst-gatehouse/core/resource";
import type { AcceptedClient, VerifiedToken } from "@sst-gatehouse/core/verifier";
import type { CloudFrontResultResponse } from "aws-lambda";

import type { Asked } from "./guard.ts";
import type { OriginRequest } from "./http/cloudfront.ts";
import { isPreflight } from "./http/preflight.ts";
import type { Identified } from "./identify.ts";
import { answer, type AnswerHeaders, refusal, withHeaders } from "./responses.ts";
import type { SessionAnswer } from "./session/sessions.ts";
import type { Visit } from "./session/open-session.ts";

/** One request, and what its path may be read as. */
type ReadVisit = Visit & Pick<OriginRequest, "readings">;

/** What the guard does for the protected resource of an app. Loaded only where the access rules declare one. */
export interface ProtectedResource {
  /**
   * Answers what clients ask to find the sign-in; undefined for every other address.
   *
   * @throws {GuardError} `path_ambiguous` for a path that somebody could take for such an address.
   */
  readonly answer: (visit: ReadVisit) => SessionAnswer | undefined;
  /** A client that is known by the address of its document, where the stage takes it: for people, by access tokens. */
  readonly clientOf: (clientId: string) => AcceptedClient | undefined;
  /**
   * @throws {GuardError} as {@link requireResource} does; `token_audience` also for a token of such a client that is bound to
   *   nothing: somebody else's program has no business elsewhere in the app.
   */
  readonly require: (asked: Asked, who: Identified) => void;
  /** @throws {GuardError} `token_audience` for a token that counts for the resource alone. */
  readonly requireUnbound: (token: VerifiedToken) => void;
  /** The answer to what was refused, with a challenge that leads to the sign-in. */
  readonly challenged: (
    response: CloudFrontResultResponse,
    error: GuardError,
    visit: ReadVisit,
  ) => CloudFrontResultResponse;
}

/** What may be told by any origin's script: it holds nothing secret, and no cookie opens anything. */
const anyOrigin = { "access-control-allow-origin": "*" };

interface OwnRoute {
  readonly methods: readonly string[];
  readonly status: number;
  /** @param origin the app's own. */
  readonly body: (origin: string) => object;
}

/** @throws {TypeError} for rules without a resource. */
export function createProtectedResource(
  access: AccessRules,
  settings: Pick<GuardSettings, "issuers" | "signIn" | "cimdUrlPatterns">,
): ProtectedResource {
  const { resource } = access;
  if (resource === undefined) throw new TypeError("the access rules declare no resource");
  const routes = ownRoutes(resource, settings);
  const { cimdUrlPatterns = [] } = settings;

  return {
    answer({ http, requestId, origins, readings }) {
      const { path, headers } = http;
      const asks = isPreflight(http)
        ? String(headers["access-control-request-method"]?.[0])
        : http.method;
      const route = isResourceRoute(access, { method: asks, path, readings })
        ? routes.get(path)
        : undefined;
      if (route === undefined) return undefined;
      const { methods, status, body } = route;
      if (isPreflight(http))
        return {
          response: answer(204, undefined, {
            ...anyOrigin,
            "access-control-allow-methods": methods.join(", "),
            "access-control-allow-headers": "*",
            "access-control-max-age": "600",
          }),
        };
      if (!methods.includes(http.method)) {
        const error = new GuardError("method_not_allowed", "This method is not served here.");
        const allow = { ...anyOrigin, allow: methods.join(", ") };
        return { response: refusal(error, requestId, allow), code: error.code };
      }
      const text = http.method === "HEAD" ? undefined : JSON.stringify(body(origins[0]));
      return { response: answer(status, text, jsonHeaders) };
    },

    clientOf: (clientId) =>
      matchesUrlPatterns(clientId, cimdUrlPatterns)
        ? { kind: "person", tokenUses: ["access"] }
        : undefined,

    require({ http: { method, path }, readings, origin }, { caller, token }) {
      if (token !== undefined && token.audience === undefined && isDocumentUrl(token.clientId))
        throw new GuardError(
          "token_audience",
          "A client that is known by its document needs a token that is bound to the resource.",
        );
      const request = { method, path, readings };
      requireResource(access, request, { caller, audience: token?.audience }, origin);
    },

    requireUnbound({ audience, clientId }) {
      if (audience !== undefined || isDocumentUrl(clientId))
        throw new GuardError("token_audience", "The token counts for the resource alone.");
    },

    challenged(response, error, { http: { method, path }, origins: [origin], readings }) {
      const { "www-authenticate": lines, ...headers } = response.headers ?? {};
      const challenge = lines?.[0]?.value;
      if (challenge === undefined) return response;
      const leading = withResource(challenge, access, { method, path, readings }, origin, error);
      if (leading === challenge) return response;
      // To a client, `insufficient_scope` means that signing in for more scopes helps.
      return error.code === "access_denied"
        ? { ...response, headers }
        : withHeaders(response, { "www-authenticate": leading });
    },
  };
}

const jsonHeaders: AnswerHeaders = { ...anyOrigin, "content-type": "application/json" };

function ownRoutes(
  { path, scopes }: Resource,
  {
    issuers,
    signIn,
    cimdUrlPatterns,
  }: Pick<GuardSettings, "issuers" | "signIn" | "cimdUrlPatterns">,
): ReadonlyMap<string, OwnRoute> {
  const reading = { methods: ["GET", "HEAD"], status: 200 };
  const metadata: OwnRoute = {
    ...reading,
    body: (origin) => ({
      resource: `${origin}${path}`,
      ...(signIn && { authorization_servers: [origin] }),
      scopes_supported: scopes,
      bearer_methods_supported: ["header"],
    }),
  };
  const routes = new Map<string, OwnRoute>([
    [resourceMetadataPath, metadata],
    [`${resourceMetadataPath}${path}`, metadata],
    [
      registrationPath,
      {
        methods: ["POST"],
        status: 400,
        body: () => ({
          error: "invalid_client_metadata",
          error_description:
            "No client can register itself here. Use the id of a client that was made for you, or the address of your client-id metadata document.",
        }),
      },
    ],
  ]);
  const { hostedOrigin, peopleScopes } = signIn ?? {};
  routes.set(serverMetadataPath, {
    ...reading,
    ...(hostedOrigin === undefined && { status: 404 }),
    body: (origin) =>
      hostedOrigin === undefined
        ? { error: "this stage has no sign-in" }
        : {
            issuer: origin,
            authorization_endpoint: `${hostedOrigin}/oauth2/authorize`,
            token_endpoint: `${hostedOrigin}/oauth2/token`,
            revocation_endpoint: `${hostedOrigin}/oauth2/revoke`,
            jwks_uri: `${issuers[0]}/.well-known/jwks.json`,
            scopes_supported: [...openIdScopes, ...(peopleScopes ?? [])],
            response_types_supported: ["code"],
            grant_types_supported: ["authorization_code", "refresh_token"],
            token_endpoint_auth_methods_supported: ["none"],
            code_challenge_methods_supported: ["S256"],
            ...(cimdUrlPatterns && { client_id_metadata_document_supported: true }),
            protected_resources: [`${origin}${path}`],
          },
  });
  return routes;
}
