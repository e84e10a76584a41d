import { defineConfig } from "vitest/config";

/** `pnpm test:mcp`: other people's clients sign in at an app made of the template `mcp`. */
export default defineConfig({
  test: {
    reporters: ["default", "./repository/listeners-reporter.ts"],
    include: ["packages/mcp/test/**/*.mcp.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
