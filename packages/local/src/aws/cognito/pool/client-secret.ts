import { createHash, createHmac, timingSafeEqual } from "node:crypto";

import { AwsError } from "../../json-api/json-service.ts";
import type { Client } from "./clients.ts";

/** Compares without telling by time where two texts differ. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

/** Whether a secret is one of a client's; a public client has none, and takes none. */
export function isSecretOf({ secrets }: Client, given: string | undefined): boolean {
  return secrets.length === 0
    ? given === undefined
    : secrets.some(({ value }) => sameSecret(given ?? "", value));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/**
 * Checks the `SECRET_HASH` that API calls of a client with a secret carry: HMAC-SHA-256 of username and client id.
 *
 * @throws {AwsError} NotAuthorizedException
 */
export function requireSecretHash(
  client: Client,
  usernames: readonly string[],
  secretHash: string | undefined,
): void {
  if (client.secrets.length === 0) {
    if (secretHash === undefined) return;
    throw new AwsError(
      "NotAuthorizedException",
      `Client ${client.id} is configured without secret but SECRET_HASH was received`,
    );
  }
  if (secretHash === undefined) {
    throw new AwsError(
      "NotAuthorizedException",
      `Client ${client.id} is configured with secret but SECRET_HASH was not received`,
    );
  }
  const { id, secrets } = client;
  const expected = secrets.flatMap(({ value }) =>
    usernames.map((username) =>
      createHmac("sha256", value).update(`${username}${id}`).digest("base64"),
    ),
  );
  if (!expected.some((hash) => sameSecret(secretHash, hash))) {
    throw new AwsError("NotAuthorizedException", `SecretHash does not match for the client: ${id}`);
  }
}

/** Checks a secret that is given as it is. @throws {AwsError} NotAuthorizedException */
export function requireClientSecret(client: Client, given: string | undefined): void {
  if (!isSecretOf(client, given))
    throw new AwsError("NotAuthorizedException", "Invalid client secret.");
}
