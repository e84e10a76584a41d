import { guardName } from "../aws/guard-function.ts";
import { isProduction } from "./stages.ts";

/** Names that a colleague would take for production, although the stage could be removed like any other. */
const looksLikeProduction = /^(prod.*|prd|live|main|master|release|trunk)$/;

/** What AWS allows for the longest names that are made of app and stage. */
const limits: readonly {
  what: string;
  longest: (app: string, stage: string) => number;
  most: number;
}[] = [
  {
    what: "the guard's function",
    longest: (app, stage) => `${guardName(app, stage)}-0123456`.length,
    most: 64,
  },
  { what: "the guard's role", longest: (app, stage) => `${app}-${stage}-guard`.length, most: 64 },
  {
    what: "the sign-in domain",
    longest: (app, stage) => `${app}-${stage}-01234567`.length,
    most: 63,
  },
];

/**
 * Refuses the name of a stage that AWS would refuse, or that says something the stage is not.
 *
 * @throws {TypeError} that says what is wrong with the name, and how to choose one.
 */
export function checkStageName(app: string, stage: string): void {
  const refuse = (why: string): never => {
    throw new TypeError(`stage ${JSON.stringify(stage)}: ${why}`);
  };
  for (const [what, name] of [
    ["app", app],
    ["stage", stage],
  ] as const) {
    if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) {
      refuse(
        `the name of the ${what}${what === "app" ? `, ${JSON.stringify(app)},` : ""} must be lower-case letters, digits and hyphens, beginning with a letter; AWS names are built from it`,
      );
    }
    const word = /aws|amazon|cognito/.exec(name)?.[0];
    if (word !== undefined)
      refuse(
        `Cognito refuses a sign-in domain with "${word}" in it: choose another name for the ${what}`,
      );
  }
  if (!isProduction(stage) && looksLikeProduction.test(stage))
    refuse(
      "this looks like production but would not be protected as production; the production stages are production and prod",
    );
  if (stage === "local")
    refuse(
      "this is the stack on your own machine (pnpm start); choose another name for a stage on AWS",
    );
  if (stage === "default")
    refuse("this is the name of the settings that every stage starts from; choose another");
  for (const { what, longest, most } of limits) {
    const length = longest(app, stage);
    if (length <= most) continue;
    const left = stage.length - (length - most);
    const advice =
      left < 1 ? "shorten the app's name" : `the stage's name may have at most ${left} characters`;
    refuse(
      `the name of ${what} would have ${length} characters, and AWS takes at most ${most}: ${advice}`,
    );
  }
}
