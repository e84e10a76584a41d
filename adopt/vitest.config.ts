import { defineConfig } from "vitest/config";

/**
 * `pnpm test:adopt`: what people install, packed and used as they use it, what apps have that this repository does not, and
 * what people ask of their deployed stages. It asks npm's registry for what it lacks.
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
          include: ["packages/{deploy,sst-gatehouse}/test/*.adopt.ts"],
          maxWorkers: 2,
          // Files share an evaluator.
          isolate: false,
          globalSetup: "./packages/sst-gatehouse/test/support/setup.ts",
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Such apps on the laptop, and what is asked of a stage that was deployed.
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
