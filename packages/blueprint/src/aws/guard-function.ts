/** The Lambda@Edge guard, as deployed and as run locally. Lambda@Edge takes no environment and no arm64. */
export const guardFunction = {
  region: "us-east-1",
  architecture: "x86_64",
  handler: "lambda.handler",
  memoryMb: 512,
  timeoutSeconds: 10,
  /** What Lambda takes for JSON logs when nobody says it; unsaid, the provider sees a change at every deploy. */
  logLevel: "INFO",
} as const;

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
