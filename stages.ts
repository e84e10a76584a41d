import { defineStages } from "sst-gatehouse";

/** The app's name, which every AWS name begins with, and the region it lives in. The guard runs everywhere. */
export const app = { name: "gatehouse", region: "eu-central-1" } as const;

/** What differs from stage to stage. A stage that is not named here gets `default`. */
export const stages = defineStages({
  default: {
    corsOrigins: [],
    selfSignUp: false,
    forwardToken: false,
    backendChecksRevocation: true,
  },
  /** The stack on this machine, `pnpm start`. */
  local: {
    corsOrigins: ["http://localhost:5173"],
    implicitGrant: true,
  },
  production: {},
});
