import type { AppClientName } from "./app-clients.ts";

/** The one SSM prefix of an app and stage, without a trailing slash. */
export function parameterPrefix(app: string, stage: string): string {
  return `/gatehouse/${app}/${stage}`;
}

/**
 * The parameters below the prefix, each read by its name: client ids and keys where they are not baked, the one secret,
 * `revoked` with the parameters that go on after it.
 *
 * They hold only what could not be baked into the guard, and who is signed out; what the guard trusts is in its
 * bundle.
 */
export const parameterNames = {
  /** The pool's key set, JSON; used only by a guard that was built without one. */
  jwks: "jwks",
  /** The id of an app client. Its kind and token uses are not settings: they come from the bundle. */
  client: (name: AppClientName | "*") => `clients/${name}`,
  /** The secret of the guard's own app client, a SecureString; read when a sign-in or a renewal needs it. */
  clientSecret: "web-client-secret",
  /** Who is signed out before the tokens expire, JSON; written by `npx gatehouse users revoke`, kept by every deploy. */
  revoked: "revoked",
  /** What a deploy printed, JSON; for people and scripts, and for the next deploy. The guard does not read it. */
  outputs: "outputs",
  /** The published version of the guard that the stage uses, a qualified ARN; `npx gatehouse sweep` leaves it alone. */
  guard: "guard",
} as const;
