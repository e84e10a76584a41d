/** The backend function behind the IAM-only Function URL. */
export const apiFunction = {
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

/** The invoke mode of the Function URL, which has to fit how answers leave the backend. */
export function invokeModeOf(streaming: StreamingMode): "BUFFERED" | "RESPONSE_STREAM" {
  return streaming === "off" ? "BUFFERED" : apiFunction.invokeMode;
}

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
  /** JSON of {@link BackendRevocation}; absent where the backend looks up no sign-in. */
  revocation: "GATEHOUSE_REVOCATION",
} as const;

/** What a backend has to be told to look up whether a sign-in was ended. */
export interface BackendRevocation {
  /** Full name of the list's first parameter, in the backend's own region. */
  readonly list: string;
  readonly whenUnknown: "allow" | "refuse";
}

/** What a bundle has in it that holds `protect()`: how a deploy sees whether the backend looks sign-ins up. */
export const protectMark = "gatehouse.protect.checks-revocation";
