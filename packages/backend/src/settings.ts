import {
  apiEnvironment,
  streamingModes,
  type BackendRevocation,
  type StreamingMode,
} from "@sst-gatehouse/blueprint/api-function";
import { isCorsOrigin } from "@sst-gatehouse/blueprint/cors";

import type { EdgeRole } from "./edge-principal.ts";

/** What the backend has to be told because it differs between stages. */
export interface AppSettings {
  /** The only signer whose caller header is believed. */
  readonly edgeRole: EdgeRole;
  /** Exact origins whose scripts may read answers; empty for none. */
  readonly corsOrigins: readonly string[];
  /** How answers leave the function. */
  readonly streaming: StreamingMode;
  /** Absent where the guard looks up whether a sign-in was ended, or nobody does. */
  readonly revocation?: BackendRevocation & { readonly region: string };
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings from the function's environment.
 *
 * @throws {TypeError} naming the variable that is missing or malformed.
 */
export function parseSettings(environment: Environment): AppSettings {
  return {
    edgeRole: {
      account: matching(
        environment,
        apiEnvironment.edgeAccount,
        /^\d{12}$/,
        "an AWS account id of twelve digits",
      ),
      name: matching(
        environment,
        apiEnvironment.edgeRole,
        /^[\w+=,.@-]{1,64}$/,
        "the name of an IAM role, without its path",
      ),
    },
    corsOrigins: parseOrigins(environment, apiEnvironment.corsOrigins),
    streaming: parseStreaming(environment, apiEnvironment.streaming),
    ...(environment[apiEnvironment.revocation] === undefined
      ? {}
      : { revocation: parseRevocation(environment, apiEnvironment.revocation) }),
  };
}

function matching(environment: Environment, name: string, pattern: RegExp, what: string): string {
  const value = environment[name];
  if (value === undefined || !pattern.test(value)) throw new TypeError(`${name} must be ${what}`);
  return value;
}

function parseRevocation(
  environment: Environment,
  name: string,
): NonNullable<AppSettings["revocation"]> {
  const { list, whenUnknown } = Object(parseJson(environment[name]));
  if (
    typeof list !== "string" ||
    !/^(\/[\w.-]+)+$/.test(list) ||
    (whenUnknown !== "allow" && whenUnknown !== "refuse")
  )
    throw new TypeError(
      `${name} must name the list of ended sign-ins, and say "allow" or "refuse"`,
    );
  const region = matching(environment, "AWS_REGION", /^[a-z0-9-]{1,32}$/, "the function's region");
  return { list, whenUnknown, region };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

function parseOrigins(environment: Environment, name: string): readonly string[] {
  const origins = parseJson(environment[name]);
  if (Array.isArray(origins) && origins.every(isCorsOrigin)) return origins;
  throw new TypeError(
    `${name} must be a JSON array of origins such as ["https://app.example.com"], or [] for none`,
  );
}

/** A function that nobody told anything streams. */
function parseStreaming(environment: Environment, name: string): StreamingMode {
  const { [name]: value = "on" } = environment;
  const mode = streamingModes.find((known) => known === value);
  if (mode === undefined) throw new TypeError(`${name} must be ${streamingModes.join(", ")}`);
  return mode;
}
