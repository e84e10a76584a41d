import { join } from "node:path";

import { evaluateConfig, type SourceChange } from "@gatehouse/deploy/evaluate-config";
import { resourcesOf } from "@gatehouse/deploy/graph";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

const production = (settings: string): SourceChange => ({
  file: "stages.ts",
  from: "production: {}",
  to: `production: { ${settings} }`,
});
const certificate = "arn:aws:acm:us-east-1:123456789012:certificate/abc";

/** Bad input is refused with a sentence that says what to do, before anything is registered. */
const refusals: [what: string, stage: string, change: SourceChange | undefined, why: string][] = [
  [
    "a stage that looks like production",
    "live",
    undefined,
    'stage "live": this looks like production but would not be protected like it; the production stages are production and prod',
  ],
  [
    "a stage whose name makes AWS names too long",
    "a-feature-branch-with-quite-a-descriptive-name",
    undefined,
    "the name of the guard's function would have 70 characters and AWS takes 64: the stage's name may have 40",
  ],
  [
    "a stage that Cognito would refuse",
    "my-aws-test",
    undefined,
    'Cognito refuses a sign-in domain with "aws" in it',
  ],
  [
    "the stage of the laptop",
    "local",
    undefined,
    "this is the stack on your own machine (pnpm start); choose another name for a stage on AWS",
  ],
  [
    "a domain without its certificate",
    "production",
    production('domain: "app.example.com"'),
    "stages.ts: stage production: domain needs certificateArn: a validated certificate for it, in us-east-1",
  ],
  [
    "a certificate of another region",
    "production",
    production(
      `domain: "app.example.com", certificateArn: "${certificate.replace("us-east-1", "eu-central-1")}"`,
    ),
    "stages.ts: stage production: certificateArn is in eu-central-1; CloudFront takes certificates of us-east-1 only",
  ],
  [
    "the implicit grant in production",
    "production",
    production("implicitGrant: true"),
    "stages.ts: stage production: implicitGrant is for the walk-through only and is refused in production",
  ],
  [
    "open sign-up in production, said once",
    "production",
    production("selfSignUp: true"),
    "stages.ts: stage production: selfSignUp would let anybody on the internet into production; if that is meant, say selfSignUpInProduction: true as well",
  ],
  [
    "CORS for everybody",
    "production",
    production('corsOrigins: ["*"]'),
    'stages.ts: stage production: corsOrigins has "*": write each origin out',
  ],
  [
    "access rules that name no scope for machines",
    "anna",
    {
      file: "access.ts",
      from: `  scopes: ["api/read", "api/write"],
  rules: {
    "/*": "signed-in",
    "/public/*": "anyone",
    "/admin/*": { groups: ["admin"] },
    "/reports/*": { groups: ["admin"], scopes: ["api/read"] },
    "POST /reports/*": { groups: ["admin"], scopes: ["api/write"] },
  },`,
      to: '  scopes: [],\n  rules: { "/*": "signed-in" },',
    },
    "access.ts lists no scope, and Cognito refuses a client for machines without one",
  ],
];

test.each(refusals)("%s is refused", async (_what, stage, change, why) => {
  await expect(
    evaluateConfig({ root, stage, ...(change === undefined ? {} : { change }) }),
  ).rejects.toThrow(why);
});

test("an invalid stages.ts refuses every stage, with its own words", async () => {
  const change = production("corsOrigins: 1 as never");
  await expect(evaluateConfig({ root, stage: "anna", change })).rejects.toThrow(
    "stages.ts: stage production: corsOrigins must be an array",
  );
});

test("open sign-up in production is taken when it is said twice", async () => {
  const change = production("selfSignUp: true, selfSignUpInProduction: true");
  const evaluation = await evaluateConfig({ root, stage: "production", change });
  const [pool] = resourcesOf(evaluation.graph, "aws:cognito/userPool:UserPool");
  expect(pool?.inputs["adminCreateUserConfig"]).toEqual({ allowAdminCreateUserOnly: false });
  await evaluation.dispose();
});
