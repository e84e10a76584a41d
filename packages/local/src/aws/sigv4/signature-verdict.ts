import type { About } from "../explain.ts";
import type { Identity } from "../iam/identities.ts";

export type SignatureVerdict =
  | { readonly kind: "signed"; readonly identity: Identity }
  /** No credentials at all; the caller decides what that means. */
  | { readonly kind: "unsigned" }
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly errorType: string;
      /** AWS's own text, for the client. */
      readonly message: string;
      /** Ours, one line, for the terminal. */
      readonly reason: string;
      /** Further lines for the terminal: hints, and the canonical request as computed here. No secrets. */
      readonly details: string[];
      /** As it was computed here, and as the signer had it where that was found. No secrets. */
      readonly canonical?: About["canonical"];
    };

export type Refusal = Extract<SignatureVerdict, { kind: "refused" }>;

export function invalidSignature(reason: string, message: string, details: string[] = []): Refusal {
  return refusal("InvalidSignatureException", reason, message, details);
}

export function incompleteSignature(reason: string, message: string): Refusal {
  return refusal("IncompleteSignatureException", reason, message);
}

export function refusal(
  errorType: string,
  reason: string,
  message: string,
  details: string[] = [],
): Refusal {
  return { kind: "refused", status: 403, errorType, message, reason, details };
}
