import { defineStages } from "@sst-gatehouse/blueprint/stages";

/** Not the repository's own: what takes that by mistake fails. */
export const app = { name: "sample", region: "eu-north-1" } as const;

export const stages = defineStages({
  default: {
    corsOrigins: [],
    selfSignUp: false,
    forwardToken: false,
  },
  local: {
    corsOrigins: ["http://localhost:5173"],
    implicitGrant: true,
  },
  production: {},
});
