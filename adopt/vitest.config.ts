import { defineConfig } from "vitest/config";

/**
 * `pnpm test:adopt`: what people install, packed and used as they use it, and what they have that this repository does
 * not: apps and accounts of another kind, and deployed stages. It asks npm's registry for what it lacks.
 */
export default defineConfig({
  test: {
    reporters: [
      "default",
      "./repository/listeners-reporter.ts",
      "./acceptance/support/summary-reporter.ts",
    ],
    projects: [
      {
        // Configs of such apps, evaluated: their pools, their sites, their functions, and what `doctor` finds.
        test: {
          name: "configs",
          include: ["packages/sst-gatehouse/test/*.adopt.ts"],
          maxWorkers: 2,
          // Files share an evaluator.
          isolate: false,
          globalSetup: "./packages/sst-gatehouse/test/support/setup.ts",
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Such apps and accounts on the laptop, and a stack that looks like a deployed stage.
        test: {
          name: "laptop",
          include: [
            "packages/sst-gatehouse-dev/test/*.adopt.ts",
            "acceptance/own-stack/*.adopt.ts",
          ],
          maxWorkers: 2,
          globalSetup: "./acceptance/own-stack/setup.ts",
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "installed",
          include: ["adopt/*.test.ts"],
          // They install, build and start programs: two at a time would only wait for each other.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          globalSetup: "./adopt/support/setup.ts",
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
