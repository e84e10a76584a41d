import { api } from "./api.ts";

export interface Backend {
  /** CloudFront's path pattern; `/*` for everything that no other pattern takes. */
  readonly path: string;
  /** Its Function URL, which only IAM opens. */
  readonly url: $util.Output<string>;
  /** Its ARN: what the guard may call. */
  readonly arn: $util.Output<string>;
}

/** The backends behind the guard. A further function is one more entry (docs/adopt.md). */
export const backends: readonly [Backend, ...Backend[]] = [
  { path: "/*", url: api.url, arn: api.arn },
];
