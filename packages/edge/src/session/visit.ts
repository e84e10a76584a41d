import type { HttpRequest } from "@sst-gatehouse/core/http-request";

/** One request of a browser. */
export interface Visit {
  readonly http: HttpRequest;
  /** The `X-Amz-Cf-Id` that the viewer sees. */
  readonly requestId: string;
  /** The app's own origins, never from a header; people return to the first. */
  readonly origins: readonly [string, ...string[]];
}
