import { edgeRoleName } from "../aws/edge-role.ts";
import { longestRegion } from "../aws/region.ts";
import { isProduction } from "./stages.ts";

/** Names that a colleague would take for production, although the stage could be removed like any other. */
const looksLikeProduction = /^(prod.*|prd|live|main|master|release|trunk)$/;

/** Of a role's name, at IAM. The guard's is the longest of the names that are made of app and stage. */
const maxRoleName = 64;

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
      "this is the stack on your own machine (npx gatehouse start); choose another name for a stage on AWS",
    );
  if (stage === "default")
    refuse("this is the name of the settings that every stage starts from; choose another");
  // In whichever region: a stage that fits in one has to fit in another.
  const length = edgeRoleName(app, stage, "r".repeat(longestRegion)).length;
  if (length > maxRoleName) {
    const left = stage.length - (length - maxRoleName);
    const advice =
      left < 1 ? "shorten the app's name" : `the stage's name may have at most ${left} characters`;
    refuse(
      `the name of the guard's role would have up to ${length} characters, and AWS takes at most ${maxRoleName}: ${advice}`,
    );
  }
}
