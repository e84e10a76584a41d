import { afterAll } from "vitest";

import type { GuardedChain } from "./guard-in-process.ts";

/** For the tests of one file: built when the first of them asks for it, and so not at all where all are skipped. */
export function guardedChainOfFile(): () => Promise<GuardedChain> {
  let starting: Promise<GuardedChain> | undefined;
  afterAll(async () => (await starting)?.close());
  return () =>
    (starting ??= import("./guard-in-process.ts").then(({ startGuardedChain }) =>
      startGuardedChain(),
    ));
}
