import { defineConfig } from "vitest/config";

const common = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // Two cores are the least a machine has; more workers would only fight for them.
    maxWorkers: 2,
    reporters: [
      "default",
      "./acceptance/support/summary-reporter.ts",
      "./repository/listeners-reporter.ts",
    ],
    projects: [
      {
        test: {
          ...common,
          name: "unit",
          include: ["packages/**/*.test.ts", "repository/*.test.ts"],
          exclude: ["**/*.platform.test.ts", "**/node_modules/**"],
        },
      },
      {
        test: {
          ...common,
          name: "acceptance",
          include: ["acceptance/**/*.test.ts"],
          exclude: ["acceptance/own-stack/**"],
          globalSetup: "./acceptance/support/setup.ts",
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Evaluates sst.config.ts with SST's own components and no AWS.
        test: {
          ...common,
          name: "deploy",
          include: ["infra/**/*.test.ts", "packages/**/*.platform.test.ts"],
          globalSetup: "./infra/test/setup.ts",
          testTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Searches what the acceptance run has left behind, and starts stacks of its own.
        test: {
          ...common,
          name: "own-stack",
          include: ["acceptance/own-stack/**/*.test.ts"],
          testTimeout: 180_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
