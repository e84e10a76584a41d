import { CommandError } from "../../../command.ts";
import type { Answer, Ask } from "../ask.ts";
import { type Browser, createBrowser } from "../browser.ts";
import { type Check, type Finding, NotTried, Unread } from "../check.ts";
import { readHostedForm } from "../hosted-form.ts";
import { pathOfGroup, pathsAdmitting } from "../paths-admitting.ts";
import { describe, problemCode, reaching } from "../reach.ts";
import type { RevokedUserTrial, TrialUser } from "../revoked-user-trial.ts";
import { redeploy, type StageUnderCheck } from "../stage-under-check.ts";

/** The promise is a minute; what is on its way meanwhile gets a quarter of one more. */
const tries = 16;
const pauseMs = 5000;

/** What the guard answers itself, as a script of the app would ask. */
const ownPath = "/.auth/me";

/** Whether somebody who was signed out is refused, by whoever looks it up. */
export function revokedUserCheck(
  under: StageUnderCheck,
  ask: Ask,
  trial: RevokedUserTrial | undefined,
): Check {
  return {
    id: "probe-revoked-user",
    async find() {
      const { name, revocation } = under.stage;
      if (revocation === "off")
        throw new NotTried(
          'whether somebody who was signed out is refused: stages.ts says revocation: "off", so a token is valid until it expires',
          'Set revocation: "refuse" for the stage in stages.ts, and deploy.',
        );
      if (trial === undefined)
        throw new NotTried(
          "whether somebody who was signed out is refused: that makes a user, signs it in and out, and deletes it",
          `npx gatehouse doctor --stage ${name} --revoked-user`,
        );
      try {
        return await tryOut(under, ask, trial);
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        throw new Unread(
          error.message,
          "Use credentials that may do what `npx gatehouse users` and `npx gatehouse acceptance` do (AWS_PROFILE).",
        );
      }
    },
  };
}

async function tryOut(
  under: StageUnderCheck,
  how: Ask,
  trial: RevokedUserTrial,
): Promise<readonly Finding[]> {
  const reach = reaching(how);
  const ask: Ask = async (...request) => {
    await trial.wait(0);
    return reach(...request);
  };
  const { outputs } = under;
  const signedIn = pathsAdmitting(under, "signed-in");
  const member = signedIn.length === 0 ? pathOfGroup(under) : undefined;
  const paths = [ownPath, ...signedIn, ...(member === undefined ? [] : [member.path])];
  return trial.withUser(member === undefined ? [] : [member.group], async (user) => {
    const browser = createBrowser(ask, [outputs.appUrl, outputs.signInUrl].map(hostOf));
    await signIn(browser, under, user);
    const get = (path: string) => askAsScript(ask, browser, `${outputs.appUrl}${path}`);
    for (const path of paths) {
      const answer = await get(path);
      if (isRefusal(answer))
        throw new Unread(
          `somebody who has just signed in gets ${describe(answer)} for ${path}`,
          "docs/operations.md, When something is wrong, says what the code means.",
        );
    }
    await trial.revoke(user.username);
    return untilRefused(under, paths, get, trial);
  });
}

/** A password goes to the stage's own sign-in page only. */
async function signIn(
  browser: Browser,
  { outputs }: StageUnderCheck,
  { username, password }: TrialUser,
): Promise<void> {
  const { url, answer } = await browser.open(`${outputs.appUrl}/.auth/login?return_to=%2F`);
  const { action, hidden } = readHostedForm(answer.body, url.href);
  if (answer.status !== 200 || action.origin !== new URL(outputs.signInUrl).origin)
    throw notSignedIn(answer);
  const arrived = await browser.open(action.href, { ...hidden, username, password });
  if (arrived.url.host !== hostOf(outputs.appUrl)) throw notSignedIn(arrived.answer);
}

function notSignedIn(answer: Answer): Unread {
  return new Unread(
    `a new user could not sign in: the sign-in ended with ${describe(answer)}`,
    "Sign in by hand. docs/first-deploy.md says what the sign-in page should look like.",
  );
}

/** A browser's session, in a request that is not answered by a redirect. */
function askAsScript(ask: Ask, browser: Browser, url: string): Promise<Answer> {
  return ask(url, {
    accept: "application/json",
    cookie: browser.cookie(hostOf(url)),
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "cors",
    "sec-fetch-dest": "empty",
  });
}

async function untilRefused(
  under: StageUnderCheck,
  paths: readonly string[],
  get: (path: string) => Promise<Answer>,
  trial: RevokedUserTrial,
): Promise<readonly Finding[]> {
  let left: readonly { readonly path: string; readonly answer?: Answer }[] = paths.map((path) => ({
    path,
  }));
  for (let count = 0; count < tries && left.length > 0; count += 1) {
    if (count > 0) await trial.wait(pauseMs);
    const asked = [];
    for (const { path } of left) asked.push({ path, answer: await get(path) });
    left = asked.filter(({ answer }) => problemCode(answer) !== "token_revoked");
  }
  return left.map(({ path, answer }) => ({
    problem: `more than a minute after being signed out, somebody gets ${answer === undefined ? "no answer" : describe(answer)} for ${path}, not 401 token_revoked`,
    mend: mendFor(path, under, answer !== undefined && isRefusal(answer)),
  }));
}

function mendFor(path: string, under: StageUnderCheck, refused: boolean): string {
  if (refused) return "docs/operations.md, When something is wrong, says what the code means.";
  if (path === ownPath || !under.stage.backendChecksRevocation) return redeploy(under);
  return `Make what protect() returns the backend's handler, or leave it to the guard (backendChecksRevocation: false in stages.ts). Then: npx sst deploy --stage ${under.stage.name}`;
}

function isRefusal({ status }: Answer): boolean {
  return status === 401 || status === 403 || status >= 500;
}

function hostOf(url: string): string {
  return new URL(url).host;
}
