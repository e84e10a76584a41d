/**
 * An edge function returned what CloudFront refuses with 502 LambdaValidationError.
 *
 * `message` is AWS's own sentence for the viewer's page, `reason` says which rule and where. Neither holds a header value.
 */
export class InvalidEdgeResult extends Error {
  override readonly name = "InvalidEdgeResult";
  readonly reason: string;
  readonly details: readonly string[];

  constructor(message: string, reason: string, details: readonly string[] = []) {
    super(message);
    this.reason = reason;
    this.details = details;
  }
}

/** The sentences that AWS shows, as users reported them. */
export const awsSentences = {
  notParsable: "The Lambda function returned invalid JSON: The JSON output is not parsable.",
  notAnObject: "The Lambda function returned invalid JSON: The JSON output must be an object type.",
  readOnlyHeader:
    "The Lambda function result failed validation: The function tried to add, delete, or change a read-only header.",
  disallowedHeader:
    "The Lambda function result failed validation: The function tried to add a blacklisted header.",
  body: "The Lambda function result failed validation: The body is not a string, is not an object, or exceeds the maximum size.",
  headerEntry:
    "The Lambda function returned an invalid entry in the headers object: Each header entry in the headers object must be an array.",
  origin:
    "The Lambda function returned an invalid origin configuration: One or more HeaderName or HeaderValue values are invalid.",
  uri: "The Lambda function result failed validation: The specified URI is in an invalid format.",
} as const;

/** Rules whose sentence at AWS is not known; only the kind of failure is. */
export const ownSentences = {
  header: "The Lambda function result failed validation: The function returned an invalid header.",
  status: "The Lambda function result failed validation: The function returned an invalid status.",
  field:
    "The Lambda function result failed validation: The function returned a field that is unknown, missing, or read-only.",
  originField: "The Lambda function returned an invalid origin configuration.",
  head: "The Lambda function result failed validation: The URI, query string, and headers of the request exceed the maximum size.",
} as const;
