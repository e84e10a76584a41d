/**
 * Security headers that CloudFront adds to answers, by a response headers policy. Where `override` is false, the
 * backend's own header wins.
 */
export interface ResponseHeaders {
  readonly strictTransportSecurity: { readonly maxAgeSeconds: number; readonly override: boolean };
  /** Its value is always `nosniff`. */
  readonly contentTypeOptions: { readonly override: boolean };
  readonly frameOptions: { readonly value: "DENY" | "SAMEORIGIN"; readonly override: boolean };
  readonly referrerPolicy: { readonly value: string; readonly override: boolean };
}

/** What every answer gets, on AWS and on the laptop. */
export const responseHeaders = {
  strictTransportSecurity: { maxAgeSeconds: 31_536_000, override: true },
  contentTypeOptions: { override: true },
  frameOptions: { value: "DENY", override: false },
  referrerPolicy: { value: "strict-origin-when-cross-origin", override: false },
} as const satisfies ResponseHeaders;
