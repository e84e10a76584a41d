import { createStageOutputs } from "../src/stage-outputs.ts";

/** The stage `dev` that the tests of commands speak of. */
export const poolId = "eu-central-1_Abcdefghi";

/** What a deploy of it wrote down. */
export const outputs = createStageOutputs({
  appUrl: "https://d111111abcdef8.cloudfront.net",
  signInUrl: "https://gatehouse-dev-01234567.auth.eu-central-1.amazoncognito.com/login?x=y",
  functionUrl: "https://abcdefghijklmnopqrstuvwxyz234567.lambda-url.eu-central-1.on.aws/",
  region: "eu-central-1",
  edgeRegion: "us-east-1",
  userPoolId: poolId,
  clients: { web: { id: "w".repeat(26) }, machine: { id: "m".repeat(26) } },
});
