/**
 * Tells the person at the terminal why something was refused, in more detail than AWS gives.
 *
 * `from` is the stand-in that speaks, such as `cloudfront`, or the name of a backend. `reason` is one line. `details` are further lines (a canonical request, say), already free of secrets:
 * secret values appear as `sha256:<8 hex>` and bodies as a hash.
 */
export type Explain = (from: string, reason: string, details?: readonly string[]) => void;
