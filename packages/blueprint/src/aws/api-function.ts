/** The backend function behind the IAM-only Function URL. */
export const apiFunction = {
  runtime: "nodejs22.x",
  architecture: "arm64",
  handler: "lambda.handler",
  memoryMb: 512,
  timeoutSeconds: 60,
  invokeMode: "RESPONSE_STREAM",
  authType: "AWS_IAM",
} as const;

/** How answers leave the backend; `StageSettings` says what each means. */
export const streamingModes = ["on", "never-empty", "off"] as const;

export type StreamingMode = (typeof streamingModes)[number];

/** What the backend is told by environment; a missing one fails while the module loads, if nothing else is said. */
export const apiEnvironment = {
  /** The twelve digits of the account that holds the edge role. */
  edgeAccount: "GATEHOUSE_EDGE_ACCOUNT",
  /** The edge role's name, without path. */
  edgeRole: "GATEHOUSE_EDGE_ROLE",
  /** JSON array of the origins that browsers may call from with a bearer token; `[]` for none. */
  corsOrigins: "GATEHOUSE_CORS_ORIGINS",
  /** One of {@link streamingModes}; `on` when it is missing. */
  streaming: "GATEHOUSE_STREAMING",
} as const;
