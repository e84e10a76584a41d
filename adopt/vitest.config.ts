import { defineConfig } from "vitest/config";

/** `pnpm test:adopt`: what people install, packed and used as they use it. It asks npm's registry for what it lacks. */
export default defineConfig({
  test: {
    // They install, build and start programs: two at a time would only wait for each other.
    fileParallelism: false,
    reporters: [
      "default",
      "./repository/listeners-reporter.ts",
      "./acceptance/support/summary-reporter.ts",
    ],
    include: ["adopt/*.test.ts"],
    globalSetup: "./adopt/support/setup.ts",
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
