import { defineStages } from "@sst-gatehouse/blueprint/stages";

/**
 * Not the repository's own: what takes that by mistake fails.
 *
 * A region of another length moves the user's id in a token to where its Base64 happens to read as it does in the caller
 * header, which `own-stack/secrets.test.ts` would take for a part of the token.
 */
export const app = { name: "sample", region: "ca-central-1" } as const;

export const stages = defineStages({
  default: {
    corsOrigins: [],
    selfSignUp: false,
    forwardToken: false,
    backendChecksRevocation: true,
  },
  local: {
    corsOrigins: ["http://localhost:5173"],
    spaCallbackUrls: ["http://localhost:3000/api/auth/callback/cognito", "myapp://callback"],
    spaLogoutUrls: ["myapp://signed-out"],
    implicitGrant: true,
  },
  production: {},
});
