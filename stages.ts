import { defineStages } from "@gatehouse/blueprint/stages";

/** What differs from stage to stage. A stage that is not named here gets `default`. */
export const stages = defineStages({
  default: {
    corsOrigins: [],
    selfSignUp: false,
    forwardToken: false,
  },
  /** The stack on this machine, `pnpm start`. */
  local: {
    corsOrigins: ["http://localhost:5173"],
    implicitGrant: true,
  },
  production: {},
});
