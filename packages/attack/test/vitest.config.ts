import { defineConfig } from "vitest/config";

/** `pnpm test:attack`: the tests that are in `pnpm test` with few draws, with many, and what needs a stack of its own. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: [
      "default",
      "./repository/listeners-reporter.ts",
      "./acceptance/support/summary-reporter.ts",
    ],
    include: [
      "packages/attack/test/**/*.test.ts",
      "packages/attack/test/**/*.attack.ts",
      "acceptance/own-stack/*.attack.ts",
      "packages/backend/test/path-confusion.test.ts",
      "packages/core/src/sigv4/quick-signature.test.ts",
      "packages/core/src/token/signature-check.test.ts",
      "packages/edge/test/fuzz/fuzz.test.ts",
      "acceptance/property-in-process.test.ts",
      "acceptance/property.test.ts",
      "acceptance/spellings.test.ts",
    ],
    testTimeout: 600_000,
    hookTimeout: 120_000,
    // What stacks of their own are built of, and the stack that the others share.
    globalSetup: ["./acceptance/own-stack/setup.ts", "./acceptance/support/setup.ts"],
    provide: { drawsMany: true },
  },
});
