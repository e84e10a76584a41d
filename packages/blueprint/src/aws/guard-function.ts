/** The Lambda@Edge guard, as deployed and as run locally. Lambda@Edge takes no environment and no arm64. */
export const guardFunction = {
  region: "us-east-1",
  /** On the laptop, and with SST 3; see `guardRuntime`. */
  runtime: "nodejs22.x",
  architecture: "x86_64",
  handler: "lambda.handler",
  memoryMb: 512,
  timeoutSeconds: 10,
  /** What Lambda takes for JSON logs when nobody says it; unsaid, the provider sees a change at every deploy. */
  logLevel: "INFO",
} as const;

/**
 * The guard's runtime at AWS: the newest that the AWS provider takes. SST 3 brings version 6 of the provider, which
 * refuses Node 24; SST 4 brings 7. AWS lets nobody make functions of Node 22 from 2027 on.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export function guardRuntime(provider: {
  readonly takesNode24: boolean;
}): "nodejs22.x" | "nodejs24.x" {
  return provider.takesNode24 ? "nodejs24.x" : guardFunction.runtime;
}

/** The name of the guard's function in SST's graph; on AWS, a hyphen and seven hexadecimal digits follow. */
export function guardName(app: string, stage: string): string {
  return `${app}-${stage}-Guard`;
}

/**
 * The log group of the guard in every region where a replica runs.
 * A name of our own stays the same everywhere, unlike the default one.
 */
export function guardLogGroup(app: string, stage: string): string {
  return `/gatehouse/${app}/${stage}/guard`;
}
