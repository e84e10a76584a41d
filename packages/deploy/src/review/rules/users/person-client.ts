import {
  type AppClientName,
  appClients,
  refreshTokenRotation,
  tokenLifetimes,
  writeAttributes,
} from "@sst-gatehouse/blueprint/app-clients";
import { redirectUrls } from "@sst-gatehouse/blueprint/callback-urls";

import type { Resource } from "../../../dry-run/graph/graph.ts";
import { appUrlOf } from "../facts/app-url.ts";
import { type Chain, providersOf } from "../facts/chain.ts";
import { isAbsent, sameJson, sameSet, toList, toObject } from "../../../dry-run/graph/json.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import type { Expectation } from "../violation.ts";

/** What holds for a client that people sign in by: where they return to, and what they may change. */
export function personClientExpectations(
  name: AppClientName,
  client: Resource,
  chain: Chain,
): readonly Expectation[] {
  const { stage, users } = chain;
  const { callbackUrls, logoutUrls } = redirectUrls(name, appUrlOf(chain), stage);
  const providers = providersOf(chain, [client]);
  const writable = new Set([...writeAttributes(stage), ...mappedAttributes(providers)]);
  const attributes = toList(inputOf(client, "writeAttributes"));
  const returnTo = inputOf(client, "defaultRedirectUri");
  return [
    {
      rule: "client-callback-urls",
      holds:
        sameSet(inputOf(client, "callbackUrls"), callbackUrls) &&
        (isAbsent(returnTo) || callbackUrls.some((url) => url === returnTo)),
      message: `does not return to exactly ${callbackUrls.join(", ")}; elsewhere (SST's default is example.com) somebody else receives the code: take the blueprint's redirectUrls`,
    },
    {
      rule: "client-logout-urls",
      holds: sameSet(inputOf(client, "logoutUrls"), logoutUrls),
      message: `does not sign out to exactly ${logoutUrls.join(", ")}; Cognito shows an error for any other: take the blueprint's redirectUrls`,
    },
    {
      rule: "client-rotation",
      holds: users.rotates
        ? sameJson(inputOf(client, "refreshTokenRotation"), refreshTokenRotation(true))
        : isAbsent(inputOf(client, "refreshTokenRotation")) && appClients[name].generateSecret,
      message: users.rotates
        ? `does not rotate refresh tokens with ${tokenLifetimes.rotationGraceSeconds} seconds of grace; a stolen one would work for a month, and without grace two tabs sign each other out: enable refreshTokenRotation`
        : "asks for refresh tokens that rotate, which provider or pool cannot do, or has no secret though they do not: take refreshTokenRotation from the blueprint, and leave out clients without a secret",
    },
    {
      // An empty list counts as none: provider and Cognito then let the standard attributes be written.
      rule: "client-write-attributes",
      holds: sameSet(attributes, [...writable]),
      message: `does not limit what people may write about themselves to ${[...writable].join(", ")}; without a list, or with an empty one, it is every standard attribute, e-mail address included: take the blueprint's writeAttributes`,
    },
    {
      rule: "client-providers",
      holds: sameSet(inputOf(client, "supportedIdentityProviders"), [
        "COGNITO",
        ...providers.map((provider) => attributeOf(provider, "providerName")),
      ]),
      message:
        "does not offer exactly the pool's own accounts and the identity providers of the stage; people could not sign in, or come from somewhere else: list them all",
    },
  ];
}

/** What a company's identity provider fills in has to be writable, or Cognito refuses its users. */
function mappedAttributes(providers: readonly Resource[]): readonly string[] {
  return providers
    .flatMap((provider) => Object.keys(toObject(inputOf(provider, "attributeMapping"))))
    .filter((attribute) => attribute !== "username");
}
