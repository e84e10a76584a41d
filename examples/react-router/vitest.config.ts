import { defineConfig } from "vitest/config";

// Of its own: the app's vite.config.ts is for the app.
export default defineConfig({ test: { testTimeout: 30_000, hookTimeout: 60_000 } });
