import { randomBytes } from "node:crypto";

import { callbackPath } from "@sst-gatehouse/blueprint/callback-urls";

import type { Answer, Ask } from "../ask.ts";
import { createBrowser, navigation, redirectOf } from "../browser.ts";
import { type Check, type Finding, NotTried, Unread, unless } from "../check.ts";
import { probeEmptyStream } from "../empty-streams.ts";
import { pathsAdmitting } from "../paths-admitting.ts";
import { describe, problemCode, reaching } from "../reach.ts";
import { redeploy, type StageUnderCheck } from "../stage-under-check.ts";

/** What probes have to know of a stage. */
export type StageToProbe = Pick<StageUnderCheck, "access" | "client" | "outputs" | "stage">;

/** Which paths are a backend's, besides. */
type AppToProbe = StageToProbe & Pick<StageUnderCheck, "site">;

/** Requests from outside, by nobody: no token, no cookie and no signature is sent. */
export function probeChecks(under: AppToProbe, how: Ask): readonly Check[] {
  return [
    ...gateProbes(under, how),
    ...(under.stage.streaming === "off"
      ? []
      : [{ id: "probe-empty-stream", find: () => probeEmptyAnswer(under, reaching(how)) }]),
  ];
}

/** Those of them that ask for no route of the app. */
export function gateProbes(under: StageToProbe, how: Ask): readonly Check[] {
  const ask = reaching(how);
  return [
    { id: "probe-front-door", find: () => probeFrontDoor(under, ask) },
    { id: "probe-sign-in", find: async () => judgeSignIn(await askForSignIn(under, ask), under) },
    { id: "probe-sign-in-page", find: () => probeSignInPage(under, ask) },
    { id: "probe-bare-lock", find: () => probeBareLock(under, ask) },
  ];
}

/** A path that no rule opens: `/*` may not be public, and what no rule covers is refused. */
async function probeFrontDoor(under: StageToProbe, ask: Ask): Promise<readonly Finding[]> {
  const url = `${under.outputs.appUrl}/gatehouse-doctor-${randomBytes(4).toString("hex")}`;
  const answer = await ask(url, { accept: "application/json" });
  const refused = answer.status === 401 || answer.status === 403;
  const code = problemCode(answer);
  return unless(
    refused && (code === "token_missing" || code === "access_denied"),
    `a request without a token for a protected path gets ${describe(answer)}, not 401 with the guard's problem document: ${meaningOf(answer, code)}`,
    code === undefined
      ? redeploy(under)
      : "docs/operations.md, When something is wrong, says what the code means.",
  );
}

function meaningOf(answer: Answer, code: string | undefined): string {
  if (code !== undefined) return "the guard runs, but not as it should";
  if (answer.headers["x-amzn-errortype"] !== undefined)
    return "the request went on to Lambda unsigned, so there is no guard in front of that path";
  if (answer.status < 400) return "anybody is let in";
  return "this is not the guard's answer; CloudFront's own pages mean that it failed or is missing";
}

export async function askForSignIn(under: StageToProbe, ask: Ask): Promise<Answer> {
  return ask(`${under.outputs.appUrl}/.auth/login?return_to=%2F`, navigation);
}

async function judgeSignIn(answer: Answer, under: StageToProbe): Promise<readonly Finding[]> {
  const { outputs } = under;
  const location = redirectOf(answer);
  const { host } = new URL(outputs.signInUrl);
  const query = location?.searchParams;
  const wrong = [
    ...(location?.host === host
      ? []
      : [`leads to ${location?.host ?? describe(answer)}, not to ${host}`]),
    ...(location === undefined || query?.get("client_id") === outputs.clients.web.id
      ? []
      : ["asks for another app client than the stage's web client"]),
    ...(location === undefined || query?.get("redirect_uri") === `${outputs.appUrl}${callbackPath}`
      ? []
      : [`returns to another address than ${outputs.appUrl}${callbackPath}`]),
  ];
  return unless(
    wrong.length === 0,
    `the sign-in, ${outputs.appUrl}/.auth/login, ${wrong.join("; ")}`,
    `npx sst deploy --stage ${under.stage.name}`,
  );
}

/** Whether the hosted page has a form for a password: what a person would see. */
async function probeSignInPage(under: StageToProbe, ask: Ask): Promise<readonly Finding[]> {
  const { appUrl, signInUrl } = under.outputs;
  const { host } = new URL(signInUrl);
  const browser = createBrowser(ask, [new URL(appUrl).host, host]);
  const { url, answer } = await browser.open(`${appUrl}/.auth/login?return_to=%2F`);
  const next = redirectOf(answer, url);
  if (next !== undefined && next.host !== host)
    throw new Unread(`the sign-in leads to ${next.host}, not to ${host}`, redeploy(under));
  const client = await under.client(under.outputs.clients.web.id);
  const passwords = client?.SupportedIdentityProviders?.includes("COGNITO") ?? true;
  const form = /<input[^>]*type=["']?password/i.test(answer.body);
  return unless(
    answer.status === 200 && (form || !passwords),
    `the hosted sign-in page answers ${describe(answer)}${answer.status === 200 ? " without a field for a password" : ""}: nobody can sign in`,
    "Open the sign-in page in a browser. If it is Cognito's newer one (managed login) without a style, set its version to 1; docs/operations.md says how.",
  );
}

/** The Function URL without a signature: AWS itself refuses, and our code does not run. */
async function probeBareLock(under: StageToProbe, ask: Ask): Promise<readonly Finding[]> {
  const { functionUrl } = under.outputs;
  const answer = await ask(`${functionUrl}/`, { accept: "application/json" });
  const locked =
    answer.status === 403 && answer.headers["x-amzn-errortype"] === "AccessDeniedException";
  return unless(
    locked,
    `the Function URL ${functionUrl} answers an unsigned request with ${describe(answer)}, not with Lambda's own 403: the backend may be open to everybody`,
    redeploy(under),
  );
}

/** A HEAD request, whose answer never has a body, for a path that is public: the backend streams nothing. */
async function probeEmptyAnswer(under: AppToProbe, ask: Ask): Promise<readonly Finding[]> {
  const { outputs, site } = under;
  const [path] = pathsAdmitting(under, "anyone");
  if (path === undefined)
    throw new NotTried(
      `whether this account hangs on answers without a body: access.ts lets nobody GET anything${site === undefined ? "" : " of a backend"} without signing in`,
      "Sign in and send a HEAD request to a route of the app: an account that hangs answers it after a minute, or with 504.",
    );
  const problem = await probeEmptyStream(
    async (signal) =>
      (await ask(`${outputs.appUrl}${path}`, {}, { method: "HEAD", signal })).status,
  );
  return problem === undefined ? [] : [{ problem, mend: mendEmptyStream(under) }];
}

function mendEmptyStream({ stage }: StageToProbe): string {
  const next = stage.streaming === "on" ? "never-empty" : "off";
  return `Set streaming: "${next}" for the stage in stages.ts. Then: npx sst deploy --stage ${stage.name}`;
}
