/**
 * Tells the person at the terminal why something was refused, in more detail than AWS gives.
 *
 * `from` is the stand-in that speaks, such as `cloudfront`, or the name of a backend. `reason` is one line. `details` are further lines (a canonical request, say), already free of secrets:
 * secret values appear as `sha256:<8 hex>` and bodies as a hash. `about` says which request it is about, where it is about one.
 */
export type Explain = (
  from: string,
  reason: string,
  details?: readonly string[],
  about?: About,
) => void;

export interface About {
  /** CloudFront's id; Lambda's own for a call straight to the Function URL. */
  readonly request: string;
  /** Of a wrong signature: the canonical request as it was computed here, and as the signer had it where that was found. */
  readonly canonical?: {
    readonly received: readonly string[];
    readonly signed?: readonly string[];
  };
  /** A line of the log as it was written. */
  readonly line?: Readonly<Record<string, unknown>>;
}

/** What went well, which the terminal does not show: the same words, for who looks at each hop of a request. */
export type Watch = (
  from: string,
  what: string,
  details: readonly string[],
  about: About & { readonly ms?: number },
) => void;

/** For `ms`. @param began by `performance.now()`. */
export function millisecondsSince(began: number): number {
  return Math.round((performance.now() - began) * 100) / 100;
}
