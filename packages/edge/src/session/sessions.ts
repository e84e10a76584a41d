import { callbackPath } from "@sst-gatehouse/blueprint/callback-urls";
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import type { SealingKeys } from "@sst-gatehouse/blueprint/sealing-keys";
import { parameterNames } from "@sst-gatehouse/blueprint/parameters";
import { type GuardError, isGuardError } from "@sst-gatehouse/core/errors";
import { type ParameterStore, readParameters } from "@sst-gatehouse/revocations/read-parameters";
import type { CloudFrontResultResponse } from "aws-lambda";

import type { Identify, VerifyToken } from "../identify.ts";
import type { Decision } from "../log.ts";
import { isNavigation, isWithoutDestination } from "../http/navigation.ts";
import { type AnswerHeaders, problemJson, refusal } from "../responses.ts";
import type { ClientTable } from "../trust/client-ids.ts";
import { signInClientId } from "../trust/sign-in-client.ts";
import { readAttempt } from "./attempt.ts";
import { createClientSecret } from "./client-secret.ts";
import { createHostedSignIn, type HostedSignIn } from "./hosted-sign-in.ts";
import { createIdentifySession } from "./identify-session.ts";
import { createLoopGuard, type LoopGuard } from "./loop-guard.ts";
import { createOpenSession, notKept, type Opened, readVisit, type Visit } from "./open-session.ts";
import { openAgain } from "./page-scripts.ts";
import { type Action, asideOf, page, problemPage } from "./pages.ts";
import { postForm, type PostForm } from "./post-form.ts";
import { createRenewal, type RenewalDeps } from "./renewal.ts";
import { returnPathOf } from "./return-path.ts";
import { createRoutes, refreshPath, type RoutesDeps } from "./routes.ts";
import { createSealedSessions } from "./sealed-session.ts";
import { clearSession, createSessionCookies, sessionCookie } from "./session-cookies.ts";
import { isPrefetch, keepingFragment, type SignInOptions, startSignIn } from "./sign-in.ts";
import { headersOf, type Problem, problemOf } from "./sign-in-error.ts";

export { fileRequest } from "../http/file-request.ts";
export { headersTooLarge } from "../http/headers-too-large.ts";

export interface SessionsDeps extends RenewalDeps {
  readonly signIn: GuardSettings["signIn"];
  readonly clients: () => ClientTable;
  readonly identify: Identify;
  readonly verifyToken: VerifyToken;
  readonly requireUnbound: RoutesDeps["requireUnbound"];
  readonly onUnrevoked: (error: unknown) => void;
  /** Of the stage; the app client's secret is there. */
  readonly sealing: SealingKeys;
  readonly parameters: ParameterStore & { readonly prefix: string };
  /** Other ways to Cognito and to the secret, for tests. */
  readonly post?: PostForm;
  readonly readSecret?: () => Promise<string | undefined>;
}

/** What the guard answered by itself, and the code where it was a refusal. */
export interface SessionAnswer {
  readonly response: CloudFrontResultResponse;
  readonly code?: Decision["code"];
  /** For the log. */
  readonly cause?: unknown;
}

/** The browser half of the guard. Built into a file of its own, which API clients with bearer tokens never load. */
export interface Sessions {
  /**
   * Takes the session out of a request, renewed where a navigation needs it.
   *
   * @throws {GuardError} `cross_site`, `keys_unavailable`, `headers_too_large`.
   */
  readonly open: (visit: Visit) => Promise<Opened | SessionAnswer>;
  /** Answers a path below `/.auth/`. */
  readonly answer: (visit: Visit) => Promise<SessionAnswer>;
  /**
   * What a browser gets for a request that was refused: the way to sign in where that helps, a page that explains, or
   * `undefined` where it gets what every client gets.
   *
   * @param opened absent where the request was refused before its session was looked at.
   */
  readonly refuse: (error: GuardError, visit: Visit, opened?: Opened) => SessionAnswer | undefined;
}

export function createSessions(deps: SessionsDeps): Sessions {
  const { signIn, clients, now, post = postForm } = deps;
  const clientId = (): string | undefined => signInClientId(signIn, clients());
  const identify = createIdentifySession({ ...deps, clientId });
  const { readSecret: read = () => readClientSecret(deps.parameters) } = deps;
  const secret = createClientSecret({ read, now });
  const renew = createRenewal(deps);
  const loops = createLoopGuard(now);
  const place = `${sessionCookie} ${deps.parameters.prefix}`;
  const sessionCookies = createSessionCookies(createSealedSessions(deps.sealing, place));
  const openSession = createOpenSession({ identify, sessionCookies, renew, loops, now });
  const routes = createRoutes({
    ...deps,
    identify,
    sessionCookies,
    renew,
    loops,
    opensImplicitGrant: () => Object.values(clients()).some(({ name }) => name === "walkthrough"),
  });
  const hostedSignIn = (): HostedSignIn | undefined => {
    const id = clientId();
    return signIn === undefined || id === undefined
      ? undefined
      : createHostedSignIn(signIn, id, secret, post);
  };

  return {
    async open(visit) {
      const opened = await openSession(visit, hostedSignIn());
      return "answer" in opened ? { response: opened.answer } : opened;
    },

    async answer(visit) {
      let opened: Opened | undefined;
      try {
        opened = readVisit(visit, sessionCookies);
        return { response: await routes.answer(visit, opened, hostedSignIn()) };
      } catch (error) {
        const problem = problemOf(error);
        if (problem === undefined) throw error;
        if (problem.code === "sign_in_not_top_level" && mayBeFrame(visit.http))
          return onceMore(visit, problem);
        const cookies = problem.status === 401 ? endedCookies(error, visit, opened) : [];
        const { path } = visit.http;
        const response =
          isNavigation(visit.http) && problem.status !== 405
            ? problemPage(
                problem,
                visit.requestId,
                waysOut(problem, wayBack(visit, opened, now())),
                {
                  cookies,
                  hostedOrigin: signIn?.hostedOrigin,
                },
              )
            : refusalJson(error, problem, visit.requestId, {
                "set-cookie": cookies,
                ...(problem.status === 405 ? { allow: routes.methodsOf(path).join(", ") } : {}),
              });
        return { response, code: problem.code, cause: causeIn(error) };
      }
    },

    refuse(error, visit, opened) {
      const problem = problemOf(error);
      if (problem === undefined) return undefined;
      const cookies = problem.status === 401 ? endedCookies(error, visit, opened) : [];
      const { http, requestId } = visit;
      if (http.headers["authorization"] !== undefined || !isNavigation(http)) {
        return cookies.length === 0
          ? undefined
          : {
              response: refusalJson(error, problem, requestId, { "set-cookie": cookies }),
              code: problem.code,
            };
      }
      if (opened?.ignored && problem.status === 401 && mayBeFrame(http))
        return onceMore(visit, problem);
      const show = (shown: Problem): SessionAnswer => ({
        response: problemPage(shown, requestId, waysOut(shown, returnPathOf(http)), {
          cookies,
          hostedOrigin: signIn?.hostedOrigin,
        }),
        code: shown.code,
      });
      // Nobody has asked for the page yet; a refusal makes the browser throw it away.
      if (problem.status !== 401 || isPrefetch(http.headers)) return show(problem);
      const hosted = hostedSignIn();
      const failure = problemOf(
        opened?.failure ?? (keepsNoSession(opened, loops) ? notKept() : undefined),
      );
      if (failure !== undefined || hosted === undefined)
        return { ...show(failure ?? problem), cause: causeIn(opened?.failure) };
      const options: SignInOptions = {
        returnPath: returnPathOf(http),
        kind: http.method === "POST" ? "posted" : "plain",
        fresh: error.code === "token_revoked" || opened?.over === "revoked",
        cookies,
      };
      const requestCookies = opened?.requestCookies ?? new Map();
      return {
        response:
          keepingFragment(visit, options) ??
          startSignIn(visit, hosted, requestCookies, now(), options),
        code: problem.code,
      };
    },
  };
}

/** A navigation that a service worker has passed on: of a window or of a frame, nobody can tell. */
function mayBeFrame({ method, headers }: Visit["http"]): boolean {
  return method === "GET" && isWithoutDestination(headers) && !isPrefetch(headers);
}

/**
 * A refusal that asks for the same address once more, from a page that no frame shows. What comes then says that it comes
 * from this site, and so needs no more to be believed.
 */
function onceMore({ requestId }: Visit, { status, code }: Problem): SessionAnswer {
  const content = {
    heading: "One moment",
    sentences: ["Another site has led here. This site opens the page for you."],
    actions: [{ label: "Open the page", href: "" }],
    aside: asideOf(code, requestId),
    script: openAgain,
  };
  return { response: page(status, content, {}), code };
}

async function readClientSecret({
  prefix,
  ...store
}: SessionsDeps["parameters"]): Promise<string | undefined> {
  const name = `${prefix}/${parameterNames.clientSecret}`;
  return (await readParameters(store, [name], { decrypt: true }))[0];
}

function causeIn(thrown: unknown): unknown {
  return thrown instanceof Error ? thrown.cause : undefined;
}

/** For a script: a refusal of the guard brings its challenge and `Retry-After`, as it does without a session. */
function refusalJson(
  error: unknown,
  problem: Problem,
  requestId: string,
  headers: AnswerHeaders,
): CloudFrontResultResponse {
  return isGuardError(error)
    ? refusal(error, requestId, headers)
    : problemJson(problem, requestId, { ...headersOf(problem), ...headers });
}

/** A browser that has just signed in and brings no session: sent to sign in again, it would go round for ever. */
function keepsNoSession(opened: Opened | undefined, loops: LoopGuard): boolean {
  if (opened === undefined || opened.session !== undefined) return false;
  if (opened.over !== undefined && opened.over !== "incomplete") return false;
  return loops.keepsNone(opened.requestCookies);
}

/** Where a sign-in was to return to, as far as it is still known. */
function wayBack({ http }: Visit, opened: Opened | undefined, now: number): string {
  const state = new URLSearchParams(http.query).get("state") ?? "";
  const attempt = opened === undefined ? undefined : readAttempt(state, opened.requestCookies, now);
  return attempt?.returnPath ?? "/";
}

/** `Set-Cookie` lines for a session that is over; an access token that has only expired can still be renewed. */
function endedCookies(
  error: unknown,
  { http: { path } }: Visit,
  opened: Opened | undefined,
): readonly string[] {
  // What is wrong with the tokens of a new sign-in says nothing about the session that there is.
  if (opened === undefined || path === callbackPath) return [];
  const ended =
    opened.session === undefined
      ? opened.over !== undefined
      : path === refreshPath || (isGuardError(error) && error.code !== "token_expired");
  return ended ? clearSession(opened.requestCookies) : [];
}

function waysOut(
  { status, code, largest }: Problem,
  returnPath: string,
): { readonly actions: readonly Action[] } {
  const returning = returnPath === "/" ? "" : `return_to=${encodeURIComponent(returnPath)}`;
  const again: Action = { label: "Sign in", href: `/.auth/login${returning && `?${returning}`}` };
  const withPassword: Action = {
    label: "Sign in with your password",
    href: `/.auth/login?fresh=1${returning && `&${returning}`}`,
  };
  const out: Action = { label: "Sign out", href: "/.auth/logout" };
  if (code === "token_revoked") return { actions: [withPassword] };
  if (status === 503 || largest?.header === "cookie")
    return { actions: [{ label: "Try again", href: returnPath }] };
  if (status === 404) return { actions: [{ label: "To the start page", href: "/" }] };
  if (status === 401 || code.startsWith("sign_in_")) return { actions: [again] };
  if (code === "access_denied" || code === "headers_too_large") return { actions: [out] };
  return { actions: [{ label: "To the start page", href: "/" }] };
}
