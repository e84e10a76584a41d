/** Which stand-in speaks. */
export type StandIn = "cloudfront" | "function-url" | "cognito" | "ssm" | "guard" | "api" | "stack";

/**
 * Tells the person at the terminal why something was refused, in more detail than AWS gives.
 *
 * `reason` is one line. `details` are further lines (a canonical request, say), already free of secrets:
 * secret values appear as `sha256:<8 hex>` and bodies as a hash.
 */
export type Explain = (from: StandIn, reason: string, details?: readonly string[]) => void;
