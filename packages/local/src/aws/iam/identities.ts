import { randomBytes } from "node:crypto";

import type { PolicyDocument } from "@sst-gatehouse/blueprint/policy-document";

/** Temporary credentials, as the SDKs and curl's `--aws-sigv4` take them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** An assumed role with temporary credentials, as STS would have handed them out. */
export interface Identity extends Credentials {
  readonly accountId: string;
  /** `arn:aws:sts::<account>:assumed-role/<role>/<session>` */
  readonly arn: string;
  /** `AROA…:<session>` */
  readonly userId: string;
  readonly policies: readonly PolicyDocument[];
  /** From when on the session token has expired, in milliseconds since the epoch; never when left out. */
  readonly expiresAtMs?: number;
}

export interface Identities {
  /** Makes credentials for a session of a role. Secrets are new each time and live in memory only. */
  assumeRole(
    role: string,
    session: string,
    policies: readonly PolicyDocument[],
    expiresAtMs?: number,
  ): Identity;
  find(accessKeyId: string): Identity | undefined;
}

export function createIdentities(accountId: string): Identities {
  const byAccessKeyId = new Map<string, Identity>();
  return {
    assumeRole(role, session, policies, expiresAtMs) {
      const identity: Identity = {
        accessKeyId: `ASIA${upperCaseId(16)}`,
        secretAccessKey: randomBytes(30).toString("base64"),
        // As long as real session tokens are, so that header budgets hold here too.
        sessionToken: randomBytes(660).toString("base64"),
        accountId,
        arn: `arn:aws:sts::${accountId}:assumed-role/${role}/${session}`,
        userId: `AROA${upperCaseId(17)}:${session}`,
        policies,
        ...(expiresAtMs !== undefined && { expiresAtMs }),
      };
      byAccessKeyId.set(identity.accessKeyId, identity);
      return identity;
    },
    find: (accessKeyId) => byAccessKeyId.get(accessKeyId),
  };
}

/** What the holder of a role is told about it. */
export function credentialsOf({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: Identity): Credentials {
  return { accessKeyId, secretAccessKey, sessionToken };
}

function upperCaseId(length: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return Array.from(randomBytes(length), (byte) => alphabet[byte & 31]).join("");
}
