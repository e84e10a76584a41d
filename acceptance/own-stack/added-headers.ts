/** What Lambda, CloudFront and its security headers add to every answer. */
export const addedHeaders: readonly string[] = [
  "connection",
  "date",
  "referrer-policy",
  "server",
  "strict-transport-security",
  "transfer-encoding",
  "via",
  "x-amz-cf-id",
  "x-amz-cf-pop",
  "x-amzn-requestid",
  "x-amzn-trace-id",
  "x-cache",
  "x-content-type-options",
  "x-frame-options",
  "x-xss-protection",
];
