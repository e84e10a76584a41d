import { appClients, openIdScopes, type AppClientName } from "../aws/app-clients.ts";

export interface SignIn {
  /** The hosted sign-in, without a trailing slash. */
  readonly hostedOrigin: string;
  /** Where the browser returns to, one of the client's callback URLs. */
  readonly callbackUrl: string;
}

/** The client a person signs in by: the walk-through's where the stage has it. */
export function signInClient({
  implicitGrant,
}: {
  readonly implicitGrant: boolean;
}): AppClientName {
  return implicitGrant ? "walkthrough" : "web";
}

/** The hosted sign-in page with the parameters it needs. */
export function signInUrl(
  name: AppClientName,
  clientId: string,
  { hostedOrigin, callbackUrl }: SignIn,
): string {
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: appClients[name].flows.includes("implicit") ? "token" : "code",
    scope: openIdScopes.join(" "),
    redirect_uri: callbackUrl,
  });
  return `${hostedOrigin}/login?${query.toString()}`;
}

/**
 * Where people of a user pool sign in, without a trailing slash.
 *
 * @param domain of the pool: a prefix of Cognito's own name, or a host name.
 */
export function hostedOriginAt(domain: string, region: string): string {
  return `https://${domain.includes(".") ? domain : `${domain}.auth.${region}.amazoncognito.com`}`;
}
