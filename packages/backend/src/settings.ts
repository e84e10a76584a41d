import { apiEnvironment } from "@sst-gatehouse/blueprint/api-function";
import { isCorsOrigin } from "@sst-gatehouse/blueprint/cors";

import type { EdgeRole } from "./edge-principal.ts";

/** What the backend must be told, because it differs from stage to stage. */
export interface AppSettings {
  /** The only signer whose caller header is believed. */
  readonly edgeRole: EdgeRole;
  /** Origins whose scripts may read answers. Exact; empty for none. */
  readonly corsOrigins: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The settings from the function's environment.
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
        "the twelve digits of an AWS account",
      ),
      name: matching(
        environment,
        apiEnvironment.edgeRole,
        /^[\w+=,.@-]{1,64}$/,
        "the name of an IAM role, without path",
      ),
    },
    corsOrigins: parseOrigins(environment, apiEnvironment.corsOrigins),
  };
}

function matching(environment: Environment, name: string, pattern: RegExp, what: string): string {
  const value = environment[name];
  if (value === undefined || !pattern.test(value)) throw new TypeError(`${name} must be ${what}`);
  return value;
}

function parseOrigins(environment: Environment, name: string): readonly string[] {
  const refuse = (): never => {
    throw new TypeError(
      `${name} must be a JSON array of origins such as ["https://app.example.com"], [] for none`,
    );
  };
  let origins: unknown;
  try {
    origins = JSON.parse(environment[name] ?? "");
  } catch {
    return refuse();
  }
  return Array.isArray(origins) && origins.every(isCorsOrigin) ? origins : refuse();
}
