import { expect, test } from "vitest";

import { edgeRoleName } from "../aws/edge-role.ts";
import { guardName } from "../aws/guard-function.ts";
import { checkStageName } from "./stage-name.ts";

test.each(["production", "prod", "anna", "pr-17", "a", "preprod", "staging", "mainz", "live2"])(
  "a stage may be called %s",
  (stage) => {
    expect(() => checkStageName("gatehouse", stage)).not.toThrow();
  },
);

const form =
  "the name of the stage must be lower-case letters, digits and hyphens, beginning with a letter; AWS names are built from it";
const production =
  "this looks like production but would not be protected as production; the production stages are production and prod";

const refusals: [stage: string, why: string][] = [
  ["", form],
  ["Anna", form],
  ["anna_1", form],
  ["anna.b", form],
  ["anna b", form],
  ["1anna", form],
  ["-anna", form],
  ["anna-", form],
  ["ännä", form],
  ["anna\n", form],
  ["Production", form],
  ["prod2", production],
  ["production-eu", production],
  ["prd", production],
  ["live", production],
  ["main", production],
  ["master", production],
  ["release", production],
  ["trunk", production],
  [
    "my-aws",
    'Cognito refuses a sign-in domain with "aws" in it: choose another name for the stage',
  ],
  [
    "amazonas",
    'Cognito refuses a sign-in domain with "amazon" in it: choose another name for the stage',
  ],
  [
    "incognito",
    'Cognito refuses a sign-in domain with "cognito" in it: choose another name for the stage',
  ],
  [
    "local",
    "this is the stack on your own machine (npx gatehouse start); choose another name for a stage on AWS",
  ],
  ["default", "this is the name of the settings that every stage starts from; choose another"],
];

test.each(refusals)("%j is refused with the reason", (stage, why) => {
  expect(() => checkStageName("gatehouse", stage)).toThrow(
    new TypeError(`stage ${JSON.stringify(stage)}: ${why}`),
  );
});

const apps: [app: string, why: string][] = [
  [
    "Gatehouse",
    'the name of the app, "Gatehouse", must be lower-case letters, digits and hyphens, beginning with a letter; AWS names are built from it',
  ],
  ["awsome", 'Cognito refuses a sign-in domain with "aws" in it: choose another name for the app'],
];

test.each(apps)("the app's own name is looked at too: %s", (app, why) => {
  expect(() => checkStageName(app, "anna")).toThrow(new TypeError(`stage "anna": ${why}`));
});

test("a name is as long as the longest AWS name that is made of it allows, in every region", () => {
  const longest = "s".repeat(33);
  expect(edgeRoleName("gatehouse", longest, "ap-northeast-1")).toHaveLength(64);
  expect(`${guardName("gatehouse", longest)}-0123456`.length).toBeLessThan(64);
  expect(`gatehouse-${longest}-01234567`.length).toBeLessThan(63); // the sign-in domain
  expect(() => checkStageName("gatehouse", longest)).not.toThrow();
  expect(() => checkStageName("gatehouse", `${longest}s`)).toThrow(
    new TypeError(
      `stage "${longest}s": the name of the guard's role would have up to 65 characters, and AWS takes at most 64: the stage's name may have at most 33 characters`,
    ),
  );
});

test("an app's name that leaves no room says so", () => {
  expect(() => checkStageName("a".repeat(60), "x")).toThrow(
    new TypeError(
      `stage "x": the name of the guard's role would have up to 83 characters, and AWS takes at most 64: shorten the app's name`,
    ),
  );
});

test("production is not an exception to the limits", () => {
  expect(() => checkStageName("a".repeat(60), "production")).toThrow("shorten the app's name");
});
