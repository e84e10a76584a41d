import type { StageSettings } from "@sst-gatehouse/blueprint/stages";
import { resourcesOf } from "@sst-gatehouse/deploy/graph";
import { expect, test } from "vitest";

import { accessFile } from "./support/app-files.ts";
import { evaluateSample, type SampleOptions } from "./support/sample.ts";

const certificate = "arn:aws:acm:us-east-1:123456789012:certificate/abc";
const production = (settings: StageSettings): SampleOptions => ({
  stage: "production",
  production: settings,
});

const withAccess = (access: object): SampleOptions => ({
  stage: "anna",
  changes: [accessFile(access)],
});

/** Bad input is refused with a sentence that says what to do, before anything is registered. */
const refusals: [what: string, options: SampleOptions, why: string][] = [
  [
    "a stage that looks like production",
    { stage: "live" },
    'stage "live": this looks like production but would not be protected as production; the production stages are production and prod',
  ],
  [
    "production on somebody's machine",
    { stage: "production", dev: true },
    'stage "production" is production: sst dev would put this machine in the place of its backend, and let the account take the backend\'s role. Nothing was changed. Use a stage of your own: sst dev --stage <your name>',
  ],
  [
    "production on somebody's machine, under its other name",
    { stage: "prod", dev: true },
    'stage "prod" is production: sst dev would put',
  ],
  [
    "a stage whose name makes AWS names too long",
    { stage: "a-feature-branch-with-quite-a-descriptive-name" },
    "the name of the guard's role would have up to 77 characters, and AWS takes at most 64: the stage's name may have at most 33",
  ],
  [
    "a stage that Cognito would refuse",
    { stage: "my-aws-test" },
    'Cognito refuses a sign-in domain with "aws" in it',
  ],
  [
    "the stage of the laptop",
    { stage: "local" },
    "this is the stack on your own machine (npx gatehouse start); choose another name for a stage on AWS",
  ],
  [
    "a certificate of another region",
    production({
      domain: "app.example.com",
      certificateArn: certificate.replace("us-east-1", "eu-central-1"),
    }),
    "stages.ts: stage production: certificateArn is in eu-central-1; CloudFront takes certificates of us-east-1 only",
  ],
  [
    "the implicit grant in production",
    production({ implicitGrant: true }),
    "stages.ts: stage production: implicitGrant is for the walk-through only and is refused in production",
  ],
  [
    "open sign-up in production, said once",
    production({ selfSignUp: true }),
    "stages.ts: stage production: selfSignUp would let anybody on the internet into production; if you mean that, add selfSignUpInProduction: true",
  ],
  [
    "CORS for everybody",
    production({ corsOrigins: ["*"] }),
    'stages.ts: stage production: corsOrigins has "*": there are no patterns: write out each origin',
  ],
  [
    "a scope that Cognito refuses",
    withAccess({ scopes: ["api/a b"], rules: { "/*": "signed-in" } }),
    'access.ts: Cognito refuses the scope "api/a b"',
  ],
  [
    "a scope for people that access.ts does not list",
    production({ peopleScopes: ["api/other"] }),
    'stages.ts: peopleScopes has "api/other", and access.ts lists api/read, api/write',
  ],
  [
    "a rule that asks people for a scope that the stage gives nobody",
    withAccess({
      scopes: ["api/read"],
      rules: { "/*": { groups: ["admin"], scopes: ["api/read"] } },
    }),
    `access rule "/*" lists groups and scopes, so it asks people for both, and on this stage nobody's token carries api/read. If people are to have them, write peopleScopes: ["api/read"] in stages.ts`,
  ],
  [
    "a group that Cognito refuses",
    withAccess({ scopes: ["api/read"], rules: { "/*": { groups: ["super admin"] } } }),
    'access.ts: Cognito refuses the group "super admin"',
  ],
];

test.each(refusals)("%s is refused", async (_what, options, why) => {
  await expect(evaluateSample(options)).rejects.toThrow(why);
});

test("an invalid stages.ts refuses every stage, with its own words", async () => {
  const broken: SampleOptions = { stage: "anna", production: { apiMemoryMb: 1 } };
  await expect(evaluateSample(broken)).rejects.toThrow(
    "stages.ts: stage production: apiMemoryMb must be a whole number from 128 to 10240",
  );
});

test("a group that is not to be made is not made, whatever it is called", async () => {
  const groups = ["admin", "Sales Europe"];
  const evaluation = await evaluateSample(
    withAccess({
      scopes: ["api/read"],
      rules: { "/*": { groups } },
      externalGroups: ["Sales Europe"],
    }),
  );
  const made = resourcesOf(evaluation.graph, "aws:cognito/userGroup:UserGroup");
  expect(made.map(({ inputs }) => inputs["name"])).toEqual(["admin"]);
});

test("open sign-up in production is taken when it is said twice", async () => {
  const evaluation = await evaluateSample(
    production({ selfSignUp: true, selfSignUpInProduction: true }),
  );
  const [pool] = resourcesOf(evaluation.graph, "aws:cognito/userPool:UserPool");
  expect(pool?.inputs["adminCreateUserConfig"]).toEqual({ allowAdminCreateUserOnly: false });
});
