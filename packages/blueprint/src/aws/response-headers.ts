/** A header that CloudFront adds to answers. Where `override` is false, the answer's own header wins. */
export interface ResponseHeader {
  readonly name: string;
  readonly value: string;
  readonly override: boolean;
}

/**
 * What the managed policy SecurityHeadersPolicy adds to every answer, on AWS and on the laptop. The policy is AWS's: an
 * account has room for 20 policies of its own, which a stage for each developer would soon use up. Its `nosniff` is put
 * over what the answer says; for the other headers AWS's page has the answer's own win.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
 */
export const responseHeaders: readonly ResponseHeader[] = [
  { name: "Strict-Transport-Security", value: "max-age=31536000", override: false },
  { name: "X-Content-Type-Options", value: "nosniff", override: true },
  { name: "X-Frame-Options", value: "SAMEORIGIN", override: false },
  { name: "Referrer-Policy", value: "strict-origin-when-cross-origin", override: false },
  { name: "X-XSS-Protection", value: "1; mode=block", override: false },
];
