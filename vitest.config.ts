import { defineConfig } from "vitest/config";

const common = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // Two cores are the least a machine has; more workers would only fight for them.
    maxWorkers: 2,
    reporters: ["default", "./acceptance/summary-reporter.ts"],
    projects: [
      {
        test: {
          ...common,
          name: "unit",
          include: ["packages/**/*.test.ts", "*.test.ts"],
          exclude: ["**/*.platform.test.ts", "**/node_modules/**"],
        },
      },
      {
        test: {
          ...common,
          name: "acceptance",
          include: ["acceptance/**/*.test.ts"],
          exclude: ["acceptance/afterwards/**"],
          globalSetup: "./acceptance/setup.ts",
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Evaluates sst.config.ts with SST's own components and no AWS.
        test: {
          ...common,
          name: "deploy",
          include: ["infra/**/*.test.ts", "packages/**/*.platform.test.ts"],
          globalSetup: "./infra/setup.ts",
          testTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Searches what the acceptance run has left behind, and starts stacks of its own.
        test: {
          ...common,
          name: "afterwards",
          include: ["acceptance/afterwards/**/*.test.ts"],
          testTimeout: 180_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
