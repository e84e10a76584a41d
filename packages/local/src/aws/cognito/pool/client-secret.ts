import { createHash, createHmac, timingSafeEqual } from "node:crypto";

import { AwsError } from "../../json-api/json-service.ts";
import type { Client } from "./clients.ts";

/** Compares without telling by time where two texts differ. */
export function sameSecret(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
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
  if (client.secret === undefined) {
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
  const { id, secret } = client;
  const expected = usernames.map((username) =>
    createHmac("sha256", secret).update(`${username}${id}`).digest("base64"),
  );
  if (!expected.some((hash) => sameSecret(secretHash, hash))) {
    throw new AwsError("NotAuthorizedException", `SecretHash does not match for the client: ${id}`);
  }
}

/** Checks a secret that is given as it is. @throws {AwsError} NotAuthorizedException */
export function requireClientSecret(client: Client, given: string | undefined): void {
  const matches =
    client.secret === undefined ? given === undefined : sameSecret(given ?? "", client.secret);
  if (!matches) throw new AwsError("NotAuthorizedException", "Invalid client secret.");
}
