import type { ErrorCode } from "./errors.ts";

/** The HTTP status of each refusal. A code without a row does not compile. */
export const statuses: Readonly<Record<ErrorCode, number>> = {
  token_missing: 401,
  token_malformed: 401,
  token_too_large: 401,
  token_signature: 401,
  token_expired: 401,
  token_not_yet_valid: 401,
  token_issuer: 401,
  token_client: 401,
  token_use: 401,
  token_revoked: 401,
  access_denied: 403,
  cross_site: 403,
  path_malformed: 400,
  path_ambiguous: 400,
  query_malformed: 400,
  header_malformed: 400,
  method_not_allowed: 405,
  origin_unknown: 421,
  body_hash_required: 413,
  body_too_large: 413,
  headers_too_large: 431,
  keys_unavailable: 503,
  settings_unavailable: 503,
  settings_invalid: 500,
};
