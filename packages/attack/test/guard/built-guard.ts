import { type BuiltGuard, loadBuiltGuard } from "@sst-gatehouse/edge/test/built-guard";
import { guardSettings, idKey, issuer, webClient } from "@sst-gatehouse/edge/test/events";
import { idClaims, mint } from "@sst-gatehouse/testkit/tokens";

/** The guard as it is deployed, and a token of somebody whom it knows. */
export interface AttackedGuard extends BuiltGuard {
  readonly token: string;
}

/** Cognito is where nobody listens. */
export async function loadAttackedGuard(): Promise<AttackedGuard> {
  const now = Math.floor(Date.now() / 1000);
  const keys = guardSettings.jwks?.keys ?? [];
  const guard = await loadBuiltGuard(
    {
      ...guardSettings,
      jwks: { keys, fetchedAt: now },
      signIn: {
        hostedOrigin: "https://auth.example.com",
        apiOrigin: "https://127.0.0.1:9",
        client: "web",
        peopleScopes: [],
      },
    },
    () => {},
  );
  const claims = idClaims({ issuer, clientId: webClient, now });
  return { ...guard, token: mint({ key: idKey, claims }) };
}
