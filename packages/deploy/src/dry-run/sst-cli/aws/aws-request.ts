/** A request to one of AWS's APIs, as much of it as the stand-in looks at. */
export interface AwsRequest {
  readonly method: string;
  /** Decoded, with its leading slash. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** `x-amz-target` of the JSON APIs, such as `AmazonSSM.GetParameter`. */
  readonly target: string | undefined;
  /** What the signature's scope says. */
  readonly region: string;
  readonly body: Buffer;
}

export interface AwsAnswer {
  readonly status: number;
  readonly contentType?: string;
  readonly body: string | Buffer;
}

/** Answers the requests of one API, and leaves the others. */
export type AwsApi = (request: AwsRequest) => AwsAnswer | undefined;

export function jsonAnswer(status: number, value: unknown): AwsAnswer {
  return { status, contentType: "application/x-amz-json-1.1", body: JSON.stringify(value) };
}

export function xmlAnswer(status: number, body: string): AwsAnswer {
  return { status, contentType: "application/xml", body };
}
