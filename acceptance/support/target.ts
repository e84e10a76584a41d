import { readFileSync } from "node:fs";

import type { StackOutputs } from "@sst-gatehouse/local/outputs";

import { findRecordings } from "./recordings.ts";

/**
 * The chain under test: what `start --json` printed, or a deployed stage with two users. A deployed stage gives no
 * `credentials`: using them throws a TypeError, and a test that uses them says what it needs (`requirements.ts`).
 */
export type Target = Omit<StackOutputs, "clients"> & {
  readonly clients: Omit<StackOutputs["clients"], "web" | "spa"> & {
    /** Its secret, where the suite is to sign in by it: a deployed stage without the public client. */
    readonly web: { readonly id: string; readonly secret?: string };
    readonly spa?: { readonly id: string };
  };
};

/** What is given for a deployed stage; the set-up of the suite signs in for the tokens. */
export type DeployedTarget = Omit<Target, "consoleUrl" | "credentials" | "loopbackUrl" | "tokens">;

/** A stack on this machine speaks plain HTTP; a deployed stage never does. */
export function isStack({ appUrl }: Pick<Target, "appUrl">): boolean {
  return appUrl.startsWith("http://");
}

/** The chain that this run talks to; the suite's set-up has started it, or was told which one to take. */
export function loadTarget(): Target {
  const recordings = findRecordings();
  if (recordings === undefined) throw new TypeError("the suite's set-up has started no chain");
  const target: Target = JSON.parse(readFileSync(recordings.targetFile, "utf8"));
  if (isStack(target)) return target;
  const absent = new AbsentCredentials();
  return {
    ...target,
    credentials: { edge: absent, service: absent, stranger: absent, admin: absent },
  };
}

/** A table of tests may name and copy them; nothing may use them. */
class AbsentCredentials {
  get accessKeyId(): never {
    return refuse();
  }
  get secretAccessKey(): never {
    return refuse();
  }
  get sessionToken(): never {
    return refuse();
  }
}

function refuse(): never {
  throw new TypeError('a deployed stage gives no credentials: the test has to say needs("roles")');
}
