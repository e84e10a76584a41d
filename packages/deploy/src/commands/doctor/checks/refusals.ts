import { createHmac, generateKeyPairSync, randomBytes, sign } from "node:crypto";

import { callbackPath } from "@sst-gatehouse/blueprint/callback-urls";
import { userPoolIssuers } from "@sst-gatehouse/blueprint/user-pool-issuers";

import { isObject, parseJson } from "../../../dry-run/graph/json.ts";
import type { Answer, Ask, AskOptions } from "../ask.ts";
import { navigation, redirectOf } from "../browser.ts";
import { type Check, type Finding, Unread, unless } from "../check.ts";
import { describe, problemCode, reaching } from "../reach.ts";
import { redeploy } from "../stage-under-check.ts";
import { askForSignIn, type StageToProbe } from "./probes.ts";

/** A request that has to be refused, and how. */
interface Refusal extends AskOptions {
  readonly id: string;
  /** On the app's own address. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly code: string;
  /** The whole `WWW-Authenticate`; absent: there is none. */
  readonly challenge?: string;
}

const program = { accept: "application/json" } as const;
const evil = "https://evil.example";

/**
 * What a client without credentials gets refused, at the lock and by the guard. Of the app's own routes none is asked for:
 * the guard answers `/.auth/*` itself, and what it cannot read it refuses before any rule.
 */
export function refusalChecks(under: StageToProbe, how: Ask): readonly Check[] {
  const ask = reaching(how);
  return [
    ...lockChecks(under, ask),
    ...signInChecks(under, ask),
    ...routeRefusals().map((refusal) => refused(refusal, under, ask)),
    ...tokenChecks(under, ask),
    ...pathRefusals(under).map((refusal) => refused(refusal, under, ask)),
  ];
}

/** AWS itself has to refuse at the Function URL, whatever a client calls itself. */
function lockChecks(under: StageToProbe, ask: Ask): readonly Check[] {
  const { functionUrl, region } = under.outputs;
  const date = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
  const stranger = {
    "x-amz-date": date,
    authorization: `AWS4-HMAC-SHA256 Credential=AKIA${randomBytes(8).toString("hex").toUpperCase()}/${date.slice(0, 8)}/${region}/lambda/aws4_request, SignedHeaders=host;x-amz-date, Signature=${randomBytes(32).toString("hex")}`,
  };
  const caller = Buffer.from('{"kind":"user","sub":"x","groups":[]}').toString("base64url");
  const attempts = {
    "lock-signature": stranger,
    "lock-token": { authorization: "Bearer x.y.z" },
    "lock-caller": { "x-gatehouse-caller": caller },
  };
  return Object.entries(attempts).map(([id, headers]) => ({
    id,
    async find() {
      const answer = await ask(`${functionUrl}/`, { ...program, ...headers });
      return unless(
        answer.status === 403 && answer.headers["x-amzn-errortype"] !== undefined,
        `the Function URL ${functionUrl} answers a stranger's ${id.slice("lock-".length)} with ${describe(answer)}, not with Lambda's own 403: the backend may be open to everybody`,
        redeploy(under),
      );
    },
  }));
}

function signInChecks(under: StageToProbe, ask: Ask): readonly Check[] {
  const { appUrl } = under.outputs;
  const told = (problems: readonly string[]): readonly Finding[] =>
    problems.map((problem) => ({ problem, mend: redeploy(under) }));
  return [
    {
      id: "sign-in-bound",
      async find() {
        return told(unboundIn(await askForSignIn(under, ask), await askForSignIn(under, ask)));
      },
    },
    {
      id: "login-return-path",
      async find() {
        const url = `${appUrl}/.auth/login?return_to=${encodeURIComponent(evil)}`;
        const answer = await ask(url, navigation);
        return told(pageProblems("/.auth/login", answer, 400, "sign_in_return_path"));
      },
    },
    {
      id: "callback-page",
      async find() {
        const url = `${appUrl}${callbackPath}?code=${randomBytes(8).toString("hex")}&state=${randomBytes(16).toString("hex")}`;
        const answer = await ask(url, navigation);
        return told(pageProblems("/.auth/callback", answer, 400, "sign_in_unmatched"));
      },
    },
    {
      id: "logout-page",
      async find() {
        const answer = await ask(`${appUrl}/.auth/logout`, navigation);
        return told(pageProblems("/.auth/logout", answer, 200, 'method="post"'));
      },
    },
  ];
}

/** Why two answers of the sign-in do not bind each attempt to its browser: PKCE, state, nonce and a cookie. */
function unboundIn(first: Answer, second: Answer): readonly string[] {
  const [query, other] = [first, second].map((answer) => redirectOf(answer)?.searchParams);
  if (query === undefined || other === undefined)
    return [`the sign-in, /.auth/login, answers ${describe(first)} instead of leading on`];
  const cookie = first.setCookies.find((line) => line.startsWith("__Host-"));
  const attributes = (cookie ?? "").toLowerCase().split(/; */).slice(1);
  const needed = ["secure", "httponly", "path=/"].filter((name) => !attributes.includes(name));
  const fixed = { response_type: "code", code_challenge_method: "S256" };
  return [
    ...Object.entries(fixed)
      .filter(([name, value]) => query.get(name) !== value)
      .map(([name, value]) => `the sign-in does not ask with ${name}=${value}`),
    ...["state", "nonce", "code_challenge"]
      .filter((name) => (query.get(name)?.length ?? 0) < 22 || query.get(name) === other.get(name))
      .map((name) => `the sign-in has no ${name} of its own for each attempt`),
    ...(cookie !== undefined && needed.length === 0
      ? []
      : [`the sign-in keeps its attempt in no __Host- cookie with ${needed.join(", ")}`]),
  ];
}

function pageProblems(
  path: string,
  answer: Answer,
  status: number,
  says: string,
): readonly string[] {
  const isPage = answer.headers["content-type"]?.startsWith("text/html") ?? false;
  return answer.status === status && isPage && answer.body.includes(says)
    ? []
    : [`a person at ${path} gets ${describe(answer)}, not the guard's page (${status}, ${says})`];
}

function routeRefusals(): readonly Refusal[] {
  const nobody = { status: 401, code: "token_missing", challenge: "Bearer" };
  const post = { method: "POST", path: "/.auth/refresh" } as const;
  return [
    { id: "me-nobody", path: "/.auth/me", ...nobody },
    {
      id: "me-forged-session",
      path: "/.auth/me",
      headers: { cookie: `__Host-Http-gatehouse-session=${"A".repeat(64)}` },
      ...nobody,
    },
    { id: "refresh-nobody", ...post, headers: { "sec-fetch-site": "same-origin" }, ...nobody },
    ...["refresh", "logout"].map((route) => ({
      id: `${route}-cross-site`,
      method: "POST" as const,
      path: `/.auth/${route}`,
      headers: { origin: evil, "sec-fetch-site": "cross-site" },
      status: 403,
      code: "cross_site",
    })),
    { id: "refresh-get", path: "/.auth/refresh", status: 405, code: "method_not_allowed" },
    { id: "auth-unknown", path: "/.auth/nothing", status: 404, code: "sign_in_unknown" },
  ];
}

/** Every wrong kind of token that a stranger can make: with a key of the stranger's own, and what the pool publishes. */
function tokenChecks(under: StageToProbe, ask: Ask): readonly Check[] {
  const { outputs } = under;
  const [issuer] = userPoolIssuers(outputs.region, outputs.userPoolId);
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    sub: "00000000-0000-4000-8000-000000000000",
    aud: outputs.clients.web.id,
    token_use: "id",
    auth_time: now,
    iat: now,
    exp: now + 3600,
  };
  const ownKid = randomBytes(16).toString("base64url");
  const token = (
    header: object,
    changes: object,
    seal: (text: string) => Buffer = (text) => sign("sha256", Buffer.from(text), privateKey),
  ): string => {
    const parts = [header, { ...claims, ...changes }];
    const text = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
    return `${text.join(".")}.${seal(text.join(".")).toString("base64url")}`;
  };
  const published = async (): Promise<{ readonly kid: string; readonly n: string }> => {
    const answer = await ask(`${issuer}/.well-known/jwks.json`, program);
    const document = parseJson(answer.body);
    const keys = isObject(document) ? document["keys"] : undefined;
    const [key] = Array.isArray(keys) ? keys : [];
    if (!isObject(key) || typeof key["kid"] !== "string" || typeof key["n"] !== "string")
      throw new Unread(`${issuer} publishes no keys: ${describe(answer)}`, "Run it again.");
    return { kid: key["kid"], n: key["n"] };
  };
  const tokens: readonly (readonly [
    id: string,
    code: string,
    make: () => string | Promise<string>,
  ])[] = [
    ["token-none", "token_malformed", () => "hello"],
    ["token-large", "token_too_large", () => "a".repeat(12 * 1024 + 1)],
    [
      "token-unsigned",
      "token_signature",
      () => token({ alg: "none", kid: ownKid }, {}, () => Buffer.from("none")),
    ],
    [
      "token-hs256",
      "token_signature",
      async () => {
        const { kid, n } = await published();
        return token({ alg: "HS256", kid }, {}, (text) =>
          createHmac("sha256", n).update(text).digest(),
        );
      },
    ],
    ["token-stranger-key", "token_signature", () => token({ alg: "RS256", kid: ownKid }, {})],
    [
      "token-pool-kid",
      "token_signature",
      async () => token({ alg: "RS256", kid: (await published()).kid }, {}),
    ],
    [
      "token-issuer",
      "token_issuer",
      () => token({ alg: "RS256", kid: ownKid }, { iss: `${issuer}x` }),
    ],
    [
      "token-expired",
      "token_expired",
      () => token({ alg: "RS256", kid: ownKid }, { exp: now - 3600 }),
    ],
  ];
  // At the guard's own route, and at a path that the app is not likely to know.
  const paths = ["/.auth/me", `/gatehouse-doctor-${randomBytes(4).toString("hex")}`];
  return tokens.map(([id, code, make]) => ({
    id,
    async find() {
      const headers = { authorization: `Bearer ${await make()}` };
      const challenge = 'Bearer error="invalid_token"';
      const found: Finding[] = [];
      for (const path of paths)
        found.push(
          ...(await refused(
            { id, path, headers, status: 401, code, challenge },
            under,
            ask,
          ).find()),
        );
      return found;
    },
  }));
}

/** What has no reading, or one below `/.auth/`, is refused in any app. */
const pathRefusals = ({ stage }: StageToProbe): readonly Refusal[] => [
  ...Object.entries({
    escape: "/%zz",
    "null-byte": "/a%00",
    "not-utf-8": "/%ff",
    // AWS's common firewall rules answer such a path themselves.
    ...(stage.waf === undefined && { "dot-segment": "/a/%2e%2e%2fb" }),
  }).map(([id, path]) => ({ id: `path-${id}`, path, status: 400, code: "path_malformed" })),
  ...Object.entries({
    "escaped-dot": "/%2eauth/me",
    "escaped-slash": "/.auth%2fme",
    "upper-case": "/.AUTH/me",
    "double-slash": "//.auth/me",
  }).map(([id, path]) => ({ id: `path-${id}`, path, status: 400, code: "path_ambiguous" })),
];

function refused(refusal: Refusal, under: StageToProbe, ask: Ask): Check {
  const { id, path, headers, status, code, challenge, ...options } = refusal;
  return {
    id,
    async find() {
      const answer = await ask(
        `${under.outputs.appUrl}${path}`,
        { ...program, ...headers },
        options,
      );
      const got = [answer.status, problemCode(answer), answer.headers["www-authenticate"]];
      return unless(
        [status, code, challenge].every((wanted, index) => wanted === got[index]),
        `${options.method ?? "GET"} ${path} (${id}) gets ${describe(answer)} with ${got[2] ?? "no challenge"}, not ${status} ${code} with ${challenge ?? "no challenge"}`,
        redeploy(under),
      );
    },
  };
}
