import { beforeEach } from "vitest";

import { viaApp } from "./client.ts";
import { isStack, loadTarget } from "./target.ts";

/** What not every chain has, and what is said of a test that is skipped for the lack of it. */
const reasons = {
  roles: "a deployed stage gives no credentials of its roles",
  forgery: "a deployed user pool signs nothing on request",
  machine: "this is about a stack on this machine",
  "own stage settings": "a deployed stage may have other settings than the local one",
  "own access rules": "a chain that was started elsewhere has other access rules",
  "no chain": "this involves no chain: it runs where the suite starts its own",
  terminal: "this run did not start the stack, so it has no terminal to read",
  "implicit grant": "the stage has no client for the walk-through",
  "public client": "the stage has no public client",
} as const;

export type Requirement = keyof typeof reasons;

function has(requirement: Requirement): boolean {
  if (["no chain", "terminal", "own access rules"].includes(requirement))
    return process.env["GATEHOUSE_TARGET"] === undefined;
  const target = loadTarget();
  switch (requirement) {
    case "implicit grant":
      return target.clients.walkthrough !== undefined;
    case "public client":
      return target.clients.spa !== undefined;
    default:
      return isStack(target);
  }
}

/**
 * Skips each test of the group or file that calls it where the chain lacks something, and says why. What runs before
 * all tests runs all the same.
 */
export function needs(...requirements: readonly Requirement[]): void {
  beforeEach(({ skip }) => {
    const lacking = requirements.find((requirement) => !has(requirement));
    if (lacking !== undefined) skip(reasons[lacking]);
  });
}

/** The same for a stage with `streaming: "off"`, which can be told by an answer alone: it says how long it is. */
export function needsStreams(): void {
  beforeEach(async ({ skip }) => {
    const target = loadTarget();
    const answer = await viaApp(target, { path: "/me", token: target.tokens.id });
    skip(answer.header("content-length") !== undefined, "this stage gives its answers whole");
  });
}
