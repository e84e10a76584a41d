import { signInUrl } from "@gatehouse/blueprint/sign-in-url";
import type { Snapshot } from "@gatehouse/blueprint/snapshot";

import type { ClientTable } from "./settings.ts";

/**
 * The hosted sign-in page with its parameters, for a browser that returns to this app.
 *
 * The app's own origin is the baked one, or else the distribution that CloudFront itself names; never a header.
 *
 * @returns `undefined` where the stage has no hosted sign-in.
 */
export function signInLocation(
  { signIn, appOrigins }: Pick<Snapshot, "signIn" | "appOrigins">,
  clients: ClientTable,
  distributionDomainName: string,
): string | undefined {
  if (signIn === undefined) return undefined;
  const client = Object.entries(clients).find(([, { name }]) => name === signIn.client);
  if (client === undefined) return undefined;
  const ownOrigin = appOrigins?.[0] ?? `https://${distributionDomainName}`;
  return signInUrl(signIn.client, client[0], {
    hostedOrigin: signIn.hostedOrigin,
    callbackUrl: `${ownOrigin}/`,
  });
}
