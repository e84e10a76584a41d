import { defineConfig } from "vitest/config";

const common = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // Two cores are the least that a machine has, and a third worker runs while others wait for a browser or a process.
    maxWorkers: 3,
    reporters: [
      "default",
      "./repository/listeners-reporter.ts",
      "./acceptance/support/summary-reporter.ts",
    ],
    projects: [
      {
        // A file and its test, side by side: `pnpm test:unit`.
        test: {
          ...common,
          name: "unit",
          include: ["packages/**/*.test.ts", "repository/**/*.test.ts"],
          exclude: [
            "packages/*/test/**",
            "packages/*/templates/**",
            "**/*.platform.test.ts",
            "**/node_modules/**",
          ],
          // Hundreds of small files: a process for each would take longer than the tests.
          isolate: false,
        },
      },
      {
        // A package as a whole: fuzzed, as its bundle, under other people's libraries.
        test: {
          ...common,
          name: "thorough",
          include: ["packages/*/test/**/*.test.ts"],
          isolate: false,
          exclude: ["**/*.platform.test.ts", "**/node_modules/**"],
        },
      },
      {
        test: {
          ...common,
          name: "acceptance",
          include: ["acceptance/**/*.test.ts"],
          exclude: ["acceptance/own-stack/**"],
          isolate: false,
          globalSetup: "./acceptance/support/setup.ts",
        },
      },
      {
        // Evaluates sst.config.ts with SST's own components and no AWS.
        test: {
          ...common,
          name: "deploy",
          include: ["packages/**/*.platform.test.ts", "repository/*.platform.test.ts"],
          // Files share an evaluator, whose first evaluation takes as long as ten others.
          isolate: false,
          globalSetup: "./packages/sst-gatehouse/test/support/setup.ts",
          testTimeout: 120_000,
        },
      },
      {
        // Starts stacks of its own.
        test: {
          ...common,
          name: "own-stack",
          include: ["acceptance/own-stack/**/*.test.ts"],
          exclude: ["acceptance/own-stack/secrets.test.ts"],
          // Files share what is built once.
          isolate: false,
          globalSetup: "./acceptance/own-stack/setup.ts",
          testTimeout: 180_000,
        },
      },
      {
        // Searches everything that the others have recorded, so it comes last.
        test: {
          ...common,
          name: "secrets",
          include: ["acceptance/own-stack/secrets.test.ts"],
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
