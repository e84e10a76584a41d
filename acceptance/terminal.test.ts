import { createHash, randomBytes } from "node:crypto";

import { describe, expect, test, vi } from "vitest";

import {
  callApi,
  send,
  signedForFunctionUrl,
  viaApp,
  type Answer,
  type Sent,
} from "./support/client.ts";
import { createLeakFinder, secretsOf, type Secret } from "./support/leaks.ts";
import { authUrl, form, formType, signInByForm, tokenClient } from "./support/oauth.ts";
import { findRecordings, readTerminal } from "./support/recordings.ts";
import { needs } from "./support/requirements.ts";
import { isStack, loadTarget, type Target } from "./support/target.ts";
import { createVisitor } from "./support/visitor.ts";

const target: Target = loadTarget();
/** Only a stack of this machine gets its own secrets thrown at it. */
const secrets: readonly Secret[] = isStack(target) ? secretsOf(target) : [];

const encode = encodeURIComponent;
const hashOf = (value: string): string =>
  `sha256:${createHash("sha256").update(value).digest("hex").slice(0, 8)}`;

const recordings = findRecordings();
const terminal = (): string => (recordings === undefined ? "" : readTerminal(recordings));

/** What the terminal says about some requests, up to a last one that is told apart by its name. */
async function saidAbout(sendAll: () => Promise<void>): Promise<string> {
  const before = terminal().length;
  await sendAll();
  const letters = Array.from(randomBytes(12), (byte) => String.fromCharCode(97 + (byte % 26)));
  const last = letters.join("");
  await callApi(target, `Terminal.${last}`, {}, "unsigned");
  return vi.waitFor(
    () => {
      const text = terminal().slice(before);
      if (!text.includes(last)) throw new Error("the terminal has not said it yet");
      return text;
    },
    { timeout: 5000 },
  );
}

const toFunctionUrl = (sent: Sent): Promise<Answer> => send(target.functionUrl, sent);
const signed = (sent: Sent): Sent => signedForFunctionUrl(target, target.credentials.service, sent);
/** Signed, and then sent to another path. */
const wronglySigned = (sent: Sent, path: string): Promise<Answer> =>
  toFunctionUrl({ ...signed(sent), path });
const withCredential = (credential: string): Promise<Answer> => {
  const sent = signed({ path: "/echo" });
  const authorization = String(sent.headers?.["Authorization"]).replace(
    /Credential=[^,]+/,
    () => `Credential=${credential}`,
  );
  return toFunctionUrl({ ...sent, headers: { ...sent.headers, Authorization: authorization } });
};
const toTokenEndpoint = (
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> =>
  send(authUrl(target), {
    method: "POST",
    path: "/oauth2/token",
    headers: { ...formType, ...headers },
    body: form(fields),
  });
const toAwsApi = (sent: Sent): Promise<Answer> => send(target.endpoints.ssm, sent);

const accessKeyId = (): string => target.credentials.service.accessKeyId;
const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
const { client_id: spa, redirect_uri: callback } = tokenClient(target).fields;
const machine = target.clients.machine;
const code = { grant_type: "authorization_code", client_id: spa, redirect_uri: callback };
const authorize = (parameters: Readonly<Record<string, string>>): Promise<Answer> =>
  send(authUrl(target), {
    path: `/oauth2/authorize?${form({ client_id: spa, redirect_uri: callback, response_type: "code", ...parameters })}`,
  });
/** Opens a path of the app as a page. */
const browse = (path: string): Promise<Answer> => createVisitor(target).open(path);

interface Place {
  readonly where: string;
  readonly put: (secret: string) => Promise<Answer>;
  readonly status: number;
  /** What the terminal shows instead of the secret, where it shows anything. */
  readonly shows?: (secret: string) => string;
}

const places: readonly Place[] = [
  {
    where: "the query of a wrongly signed request",
    put: (secret) => wronglySigned({ path: "/echo" }, `/echo?apikey=${encode(secret)}`),
    status: 403,
    shows: (secret) => `  apikey=${hashOf(secret)}\n`,
  },
  {
    where: "a query's name",
    put: (secret) => wronglySigned({ path: "/echo" }, `/echo?${encode(secret)}`),
    status: 403,
    shows: (secret) => `  ${hashOf(secret)}=\n`,
  },
  {
    where: "the path of a wrongly signed request",
    put: (secret) => wronglySigned({ path: "/echo" }, `/echo/${encode(secret)}/x`),
    status: 403,
    shows: (secret) => `\n      /echo/${hashOf(secret)}/x\n`,
  },
  {
    where: "the path of an unsigned request",
    put: (secret) => toFunctionUrl({ path: `/things/${encode(secret)}/x` }),
    status: 403,
    shows: (secret) => `GET /things/${hashOf(secret)}/x: 403: the request is not signed`,
  },
  ...["cookie", "authorization-of-mine", "x-amz-target", "x-amz-meta"].map((name): Place => {
    return {
      where: `the signed header ${name}`,
      put: (secret) =>
        wronglySigned({ path: "/echo", headers: { [name]: encode(secret) } }, "/echo/x"),
      status: 403,
    };
  }),
  ...["user-agent", "content-type", "accept", "x-forwarded-for"].map((name): Place => {
    return {
      where: `the header ${name}`,
      put: (secret) =>
        wronglySigned({ path: "/echo", headers: { [name]: `a/1 ${encode(secret)}` } }, "/echo/x"),
      status: 403,
    };
  }),
  {
    where: "a cookie of an unsigned request",
    put: (secret) => toFunctionUrl({ headers: { cookie: `id=${secret}` } }),
    status: 403,
  },
  ...["Basic ", "Bearer ", "Token ", ""].map((scheme): Place => {
    return {
      where: `Authorization: ${scheme}…`,
      put: (secret) => toFunctionUrl({ headers: { authorization: `${scheme}${secret}` } }),
      status: 403,
    };
  }),
  {
    where: "a whole credential",
    put: (secret) => withCredential(encode(secret)),
    status: 403,
  },
  {
    where: "the day of a credential's scope",
    put: (secret) =>
      withCredential(`${accessKeyId()}/${encode(secret)}/${target.region}/lambda/aws4_request`),
    status: 403,
  },
  {
    where: "the region of a credential's scope",
    put: (secret) =>
      withCredential(`${accessKeyId()}/${day}/${encode(secret)}/lambda/aws4_request`),
    status: 403,
    shows: () => `scoped to ${day}/something unreadable/lambda/aws4_request`,
  },
  {
    where: "the service of a credential's scope",
    put: (secret) =>
      withCredential(`${accessKeyId()}/${day}/${target.region}/${encode(secret)}/aws4_request`),
    status: 403,
    shows: () => `scoped to ${day}/${target.region}/something unreadable/aws4_request`,
  },
  {
    where: "the end of a credential's scope",
    put: (secret) =>
      withCredential(`${accessKeyId()}/${day}/${target.region}/lambda/${encode(secret)}`),
    status: 403,
  },
  {
    where: "Host",
    put: (secret) => send(target.appUrl, { headers: { host: secret } }),
    status: 421,
    shows: () => "421: Host is something unreadable, and the stack serves only app.localhost:",
  },
  {
    where: "an absolute request target",
    put: (secret) => send(target.appUrl, { path: `http://app.localhost/${encode(secret)}` }),
    status: 421,
    shows: () => "421: the request target is an absolute URL",
  },
  {
    where: "the host of a Function URL",
    put: (secret) => {
      const label = secret.toLowerCase().replace(/[^a-z0-9-]/g, "");
      return toFunctionUrl({ headers: { host: `${label}.lambda-url.${target.region}.on.aws` } });
    },
    status: 403,
    shows: () => "no function has the host something unreadable; this one is ",
  },
  {
    where: "x-amz-target",
    put: (secret) => callApi(target, secret, {}, "unsigned"),
    status: 400,
    shows: () => "no operation for x-amz-target something unreadable with content-type ",
  },
  {
    where: "the content type of an API call",
    put: (secret) =>
      callApi(target, "AmazonSSM.GetParameter", {}, "unsigned", { "content-type": secret }),
    status: 400,
    shows: () => 'x-amz-target "AmazonSSM.GetParameter" with content-type something unreadable',
  },
  {
    where: "a header of an API call that somebody else signed",
    put: (secret) =>
      callApi(
        target,
        "AmazonSSM.GetParameter",
        { Name: "/a" },
        { ...target.credentials.admin, secretAccessKey: "another" },
        { "x-amz-meta": secret },
      ),
    status: 400,
    shows: (secret) => `x-amz-meta:${hashOf(secret)}\n`,
  },
  {
    where: "the path of an API call",
    put: (secret) => toAwsApi({ method: "POST", path: `/${encode(secret)}` }),
    status: 404,
    shows: () => "AWS API: POST of another path is not POST /",
  },
  {
    where: "the path of a key set",
    put: (secret) => toAwsApi({ path: `/${encode(secret)}/.well-known/jwks.json` }),
    status: 404,
  },
  {
    where: "a code",
    put: (secret) => toTokenEndpoint({ ...code, code: secret }),
    status: 400,
    shows: () => "invalid_grant: the code is unknown",
  },
  {
    where: "a code's verifier",
    put: (secret) => toTokenEndpoint({ ...code, code: "x", code_verifier: secret }),
    status: 400,
  },
  {
    where: "the address of a code",
    put: (secret) => toTokenEndpoint({ ...code, code: "x", redirect_uri: `${callback}?${secret}` }),
    status: 400,
  },
  {
    where: "the client of a code",
    put: (secret) => toTokenEndpoint({ ...code, code: "x", client_id: secret }),
    status: 400,
    shows: () =>
      `no app client has this client_id; the known ones are web ${target.clients.web.id}, spa ${spa}, machine ${machine.id}`,
  },
  {
    where: "the kind of a grant",
    put: (secret) => toTokenEndpoint({ client_id: spa, grant_type: secret }),
    status: 400,
  },
  {
    where: "a refresh token",
    put: (secret) =>
      toTokenEndpoint({ client_id: spa, grant_type: "refresh_token", refresh_token: secret }),
    status: 400,
  },
  {
    where: "a scope",
    put: (secret) =>
      toTokenEndpoint({
        grant_type: "client_credentials",
        client_id: machine.id,
        client_secret: machine.secret,
        scope: secret,
      }),
    status: 400,
  },
  {
    where: "a client's secret",
    put: (secret) =>
      toTokenEndpoint({
        grant_type: "client_credentials",
        client_id: machine.id,
        client_secret: `x${secret}`,
      }),
    status: 400,
  },
  {
    where: "a client's Basic authentication",
    put: (secret) =>
      toTokenEndpoint(
        { grant_type: "client_credentials" },
        { authorization: `Basic ${Buffer.from(`${machine.id}:x${secret}`).toString("base64")}` },
      ),
    status: 400,
  },
  {
    where: "the path of redirect_uri",
    put: (secret) => authorize({ redirect_uri: `https://evil.example/${encode(secret)}` }),
    status: 302,
    shows: (secret) => `received https://evil.example/${hashOf(secret)}\n`,
  },
  {
    where: "the host of redirect_uri",
    put: (secret) => authorize({ redirect_uri: `https://${encode(secret)}/` }),
    status: 302,
    shows: () => "character by character; received something unreadable",
  },
  {
    where: "user, query and fragment of redirect_uri",
    put: (secret) => {
      const [user, address] = callback.split("//");
      return authorize({
        redirect_uri: `${user}//${encode(secret)}@${address}?${secret}#${secret}`,
      });
    },
    status: 302,
    shows: () => `received ${callback} with a user and a query and a fragment\n`,
  },
  {
    where: "client_id",
    put: (secret) => authorize({ client_id: secret }),
    status: 302,
    shows: () => "sign-in refused: no app client has this client_id; the known ones are ",
  },
  ...["state", "nonce", "scope", "prompt", "response_type", "code_challenge"].map((name): Place => {
    return { where: name, put: (secret) => authorize({ [name]: secret }), status: 302 };
  }),
  ...["code", "state", "error", "error_description"].map((name): Place => {
    return {
      where: `the ${name} of a callback`,
      put: (secret) => browse(`/.auth/callback?code=x&${name}=${encode(secret)}`),
      status: name === "error" ? 403 : 400,
    };
  }),
  {
    where: "return_to",
    // Not at the start: base64 may begin with a slash, and then it is a path to return to.
    put: (secret) => browse(`/.auth/login?return_to=x${encode(secret)}`),
    status: 400,
    shows: () => "400 sign_in_return_path GET",
  },
  {
    where: "a path below /.auth/",
    put: (secret) => browse(`/.auth/${encode(secret)}`),
    status: 404,
  },
  ...["session.1of1", "session", "attempt.x", "renewed"].map((name): Place => {
    return {
      where: `the cookie ${name}`,
      put: (secret) =>
        send(target.appUrl, {
          path: "/.auth/me",
          headers: { cookie: `__Host-Http-gatehouse-${name}=${encode(secret)}` },
        }),
      status: 401,
    };
  }),
  {
    where: "a session's tokens",
    put: (secret) => {
      const token = encode(secret).replaceAll("%", "");
      const cookie = ["access", "refresh"].map((of) => `__Host-gatehouse-${of}.1of1=${token}`);
      const headers = { cookie: cookie.join("; "), "sec-fetch-site": "same-origin" };
      return send(target.appUrl, { method: "POST", path: "/.auth/refresh", headers });
    },
    status: 401,
  },
  {
    where: "a path of the sign-in",
    put: (secret) => send(authUrl(target), { path: `/${encode(secret)}` }),
    status: 404,
  },
  {
    where: "the bearer of userInfo",
    put: (secret) =>
      send(authUrl(target), {
        path: "/oauth2/userInfo",
        headers: { authorization: `Bearer x${secret}` },
      }),
    status: 401,
  },
  {
    where: "Authorization at the app, in another scheme",
    put: (secret) => viaApp(target, { path: "/me", headers: { authorization: `Token ${secret}` } }),
    status: 401,
  },
  {
    where: "a bearer token that is none",
    put: (secret) => viaApp(target, { path: "/me", token: `x${secret}` }),
    status: 401,
  },
  {
    where: "a cookie at the app",
    put: (secret) =>
      viaApp(target, {
        path: "/me",
        headers: { cookie: `__Host-gatehouse=${secret}; id=${secret}` },
      }),
    status: 401,
  },
  {
    where: "path and query at the app",
    put: (secret) => viaApp(target, { path: `/admin/${encode(secret)}?apikey=${encode(secret)}` }),
    status: 401,
  },
  {
    where: "a header that CloudFront takes for its own",
    put: (secret) => viaApp(target, { path: "/me", headers: { "x-amz-cf-id": secret } }),
    status: 401,
  },
];

describe("the terminal never shows a secret that was sent as", () => {
  needs("machine", "terminal");
  const leaksIn = createLeakFinder(secrets);

  test.each(places)("$where", async ({ put, status, shows }) => {
    const said = await saidAbout(async () => {
      for (const { what, value } of secrets)
        expect([what, (await put(value)).status]).toEqual([what, status]);
    });
    expect(leaksIn(said)).toEqual([]);
    const silent = secrets.filter(({ value }) => shows && !said.includes(shows(value)));
    expect(silent.map(({ what }) => what)).toEqual([]);
  });

  test("anything: these are the secrets, and a part of each would be found", () => {
    expect(secrets.map(({ what }) => what)).toEqual([
      "the id token",
      "the access token",
      "the secret key of edge",
      "the session token of edge",
      "the secret key of service",
      "the session token of service",
      "the secret key of stranger",
      "the session token of stranger",
      "the secret key of admin",
      "the session token of admin",
      "the password of alice",
      "the password of ada",
      "the secret of the machine's client",
      "the console's secret",
    ]);
    for (const { value } of secrets) expect(leaksIn(`x${value.slice(-16)}x`)).toHaveLength(1);
  });

  test("a username", async () => {
    const said = await saidAbout(async () => {
      for (const { value } of secrets)
        expect(await signInByForm(target.signInUrl, value, "x")).toBe("");
    });
    expect(said.split("sign-in refused: no such user").length).toBeGreaterThan(secrets.length);
    expect(leaksIn(said)).toEqual([]);
  });
});
