import { createHash } from "node:crypto";

/**
 * The prefix of the hosted sign-in's domain. Prefixes are shared by all accounts of a region, so the account is part of
 * it, hashed because the prefix is public.
 */
export function signInDomainPrefix(app: string, stage: string, accountId: string): string {
  const account = createHash("sha256").update(`${app}/${accountId}`).digest("hex").slice(0, 8);
  return `${app}-${stage}-${account}`;
}
