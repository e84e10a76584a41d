import { openIdScopes } from "@sst-gatehouse/blueprint/app-clients";
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";

import { type Attempt, codeChallengeOf } from "./attempt.ts";
import type { ClientSecret } from "./client-secret.ts";
import type { FormAnswer, PostForm } from "./post-form.ts";
import { SignInError } from "./sign-in-error.ts";

/** Tokens as Cognito gave them; nothing about them is verified. */
export interface GrantedTokens {
  readonly accessToken: string;
  /** Absent after a refresh. */
  readonly idToken?: string;
  /** Absent where refresh tokens do not rotate. */
  readonly refreshToken?: string;
}

/** The user pool's hosted sign-in, for one app client. */
export interface HostedSignIn {
  readonly origin: string;
  readonly clientId: string;
  /**
   * Where to send a browser to sign in.
   *
   * @param how.hints further parameters that Cognito knows.
   * @param how.fresh first ends the browser's session at the hosted sign-in, which would let it in without a question.
   */
  readonly signInUrl: (
    attempt: Attempt,
    callbackUrl: string,
    how: { readonly fresh: boolean; readonly hints: Readonly<Record<string, string>> },
  ) => string;
  /** Where to send a browser to end its session there; it returns to a registered address. */
  readonly signOutUrl: (returnUrl: string) => string;
  /** @returns `undefined` when Cognito refuses. @throws {SignInError} (rejects) `sign_in_unavailable`. */
  readonly exchangeCode: (
    code: string,
    codeVerifier: string,
    callbackUrl: string,
  ) => Promise<GrantedTokens | undefined>;
  /** @returns `undefined` when the session is over. @throws {SignInError} (rejects) `sign_in_unavailable`. */
  readonly refresh: (refreshToken: string) => Promise<GrantedTokens | undefined>;
  /** Ends the refresh token. @throws {SignInError} (rejects) `sign_in_unavailable`. */
  readonly revoke: (refreshToken: string) => Promise<void>;
}

/** Of any size that was read: that a session is too large is to be said as such. */
const tokenPattern = /^[\w.-]+$/;

export function createHostedSignIn(
  { hostedOrigin, apiOrigin = hostedOrigin, peopleScopes }: NonNullable<GuardSettings["signIn"]>,
  clientId: string,
  secret: ClientSecret,
  post: PostForm,
): HostedSignIn {
  const send = async (path: string, fields: Record<string, string>): Promise<FormAnswer> => {
    const postWith = (known: string): Promise<FormAnswer> =>
      post(
        `${apiOrigin}${path}`,
        { ...fields, client_id: clientId },
        `Basic ${Buffer.from(`${clientId}:${known}`).toString("base64")}`,
      );
    try {
      const known = await secret.current();
      const answer = await postWith(known);
      if (Object(answer.body).error !== "invalid_client") return answer;
      // Refused before it looked at code or token, which are as good as before. The secret was changed, perhaps.
      const other = await secret.after(known);
      return other === undefined ? answer : await postWith(other);
    } catch (error) {
      throw unavailable(error);
    }
  };
  const grant = async (fields: Record<string, string>): Promise<GrantedTokens | undefined> => {
    const { status, body } = await send("/oauth2/token", fields);
    // Anything but a clear no may be different in a moment, and must not sign anybody out.
    if (status === 400 && Object(body).error === "invalid_grant") return undefined;
    const tokens = status === 200 ? tokensIn(body) : undefined;
    if (tokens === undefined) throw unavailable(new UnexpectedAnswer(status, body));
    return tokens;
  };
  return {
    origin: hostedOrigin,
    clientId,
    signInUrl(attempt, callbackUrl, { fresh, hints }) {
      const query = new URLSearchParams({
        client_id: clientId,
        response_type: "code",
        scope: [...openIdScopes, ...peopleScopes].join(" "),
        redirect_uri: callbackUrl,
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: codeChallengeOf(attempt),
        code_challenge_method: "S256",
        ...hints,
      });
      return `${hostedOrigin}${fresh ? "/logout" : "/oauth2/authorize"}?${query.toString()}`;
    },
    signOutUrl(returnUrl) {
      const query = new URLSearchParams({ client_id: clientId, logout_uri: returnUrl });
      return `${hostedOrigin}/logout?${query.toString()}`;
    },
    exchangeCode: (code, codeVerifier, callbackUrl) =>
      grant({
        grant_type: "authorization_code",
        code,
        code_verifier: codeVerifier,
        redirect_uri: callbackUrl,
      }),
    refresh: (refreshToken) => grant({ grant_type: "refresh_token", refresh_token: refreshToken }),
    async revoke(refreshToken) {
      const { status } = await send("/oauth2/revoke", { token: refreshToken });
      if (status !== 200) throw unavailable(new UnexpectedAnswer(status, undefined));
    },
  };
}

function tokensIn(body: unknown): GrantedTokens | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const member = (name: string): string | undefined => {
    const value: unknown = Reflect.get(body, name);
    return typeof value === "string" && tokenPattern.test(value) ? value : undefined;
  };
  const accessToken = member("access_token");
  const idToken = member("id_token");
  const refreshToken = member("refresh_token");
  if (accessToken === undefined) return undefined;
  return {
    accessToken,
    ...(idToken === undefined ? {} : { idToken }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
  };
}

/** The token endpoint's errors, RFC 6749 section 5.2: all that is believed of what it says. */
const oauthErrors = ["invalid_request", "invalid_client", "unauthorized_client", "invalid_scope"];

/** The log shows the name alone, so the status and the error are in it. */
class UnexpectedAnswer extends Error {
  constructor(status: number, body: unknown) {
    super("Cognito gave no tokens");
    const known = oauthErrors.find((error) => error === Object(body).error);
    this.name = ["CognitoAnswered", String(status), known].filter(Boolean).join("_");
  }
}

function unavailable(cause?: unknown): SignInError {
  return new SignInError(
    "sign_in_unavailable",
    "The sign-in service is not answering. Try again in a moment.",
    { cause },
  );
}
