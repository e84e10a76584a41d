import { hash } from "node:crypto";

// What is expected here is expected inside of a test: wiring.test.ts runs each behaviour.
/* oxlint-disable vitest/no-standalone-expect */
import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import { parameterNames } from "@sst-gatehouse/blueprint/parameters";
import { noRevocations, revocationPageText } from "@sst-gatehouse/blueprint/revocations";
import { defineAccess } from "@sst-gatehouse/core/access";
import { fromCallerHeader, fromUncheckedCallerHeader } from "@sst-gatehouse/core/caller";
import { accessClaims, makeKeyPair, mint, publicJwk } from "@sst-gatehouse/testkit/tokens";
import type { OpenRevocationsOptions } from "@sst-gatehouse/revocations/open-revocations";
import {
  createRequireValid,
  createRevocations,
  type RevocationsDeps,
} from "@sst-gatehouse/revocations/revocations";
import { expect } from "vitest";

import type { LazyFiles } from "../src/compose.ts";
import { createProtectedResource } from "../src/resource.ts";
import * as browserHalf from "../src/session/sessions.ts";
import { createClientIds } from "../src/trust/client-ids.ts";
import { withResource } from "./access.ts";
import {
  accessKey,
  givingPeople,
  guardSettings,
  issuer,
  machineClient,
  webClient,
} from "./events.ts";
import {
  appOrigin,
  type Bench,
  type Compose,
  createBench,
  fetched,
  followed,
  sessionCookie,
} from "./test-browser.ts";

const start = 1_800_000_000;
const roleKeys = { accessKeyId: "ASIAEXAMPLE", secretAccessKey: "secret" };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const alice = (bench: Bench) => bearer(bench.cognito.accessToken({ sub: "alice" }));

/** One call as alice: 0 when it was forwarded, else the code of the refusal. */
async function ask(
  bench: Bench,
  headers: Readonly<Record<string, string>> = alice(bench),
  uri = "/x",
): Promise<0 | string> {
  const { status, code } = await bench.send({ uri, headers });
  return status === 0 ? 0 : (code ?? `status ${status}`);
}

/** A list of ended sign-ins that is read as on a stage, but for the way over the network. */
function listReadBy(
  read: (sign: OpenRevocationsOptions["sign"]) => Promise<readonly string[]>,
): Pick<LazyFiles, "stageRevocations"> {
  return {
    stageRevocations: () => ({
      openRevocations(_settings, { whenUnknown }, { sign, now, log }) {
        const deps: RevocationsDeps = { read: () => read(sign), now, log, random: () => 0 };
        return createRequireValid(createRevocations(whenUnknown, deps));
      },
    }),
  };
}

/** A list of nobody, and how often it was opened. */
function listThatIsOpened(): {
  readonly files: Pick<LazyFiles, "stageRevocations">;
  readonly opened: () => number;
} {
  let count = 0;
  return {
    files: {
      stageRevocations: () => ({
        openRevocations() {
          count += 1;
          return async () => undefined;
        },
      }),
    },
    opened: () => count,
  };
}

const ended = (sub: string) => [
  revocationPageText({ everybody: 0, users: new Map([[sub, start + 60]]), pages: 1 }),
];

/** Parameter Store with these values; what it was asked is kept. */
function parameterStore(values: Readonly<Record<string, string>>) {
  const asked: unknown[] = [];
  const files: Pick<LazyFiles, "parameterStore"> = {
    parameterStore: () => ({
      createClientIds,
      async loadParameters(region, prefix, names, credentials) {
        asked.push([region, prefix, names, credentials()]);
        return { ...values };
      },
    }),
  };
  return { asked, files };
}

const { jwks, clients: _clients, ...unbaked }: GuardSettings = guardSettings;
const clientIds = {
  [parameterNames.client("web")]: webClient,
  [parameterNames.client("machine")]: machineClient,
};

/** What the parts of the guard do for each other. Each rejects for a guard that lacks it. */
export const behaviours = {
  async "a caller with a token goes on, signed by the edge role at this hour"(compose) {
    const bench = createBench(guardSettings, { compose });
    const { status, headers } = await bench.send({ uri: "/x", headers: alice(bench) });
    expect(status).toBe(0);
    expect(headers["authorization"]?.[0]).toContain(
      "Credential=ASIAEXAMPLE/20270115/eu-central-1/lambda/aws4_request",
    );
    expect(headers["x-amz-date"]).toEqual(["20270115T080000Z"]);
    expect(headers["traceparent"]).toEqual([
      expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-03$/),
    ]);
    const [, trace, span] = headers["traceparent"]?.[0]?.split("-") ?? [];
    expect(bench.lines.map((line) => JSON.parse(line))).toEqual([
      {
        v: 1,
        by: "guard",
        requestId: "request-1",
        trace,
        span,
        method: "GET",
        outcome: "forwarded",
        rule: "/*",
        reading: "as_sent",
        caller: "user",
        who: hash("sha256", `${issuer} alice`).slice(0, 16),
        issuer,
        kid: accessKey.kid,
        listCheckedBy: "guard",
        ms: { read: 0, caller: 0, rules: 0, sign: 0, total: 0 },
      },
    ]);
  },

  async "the log says how long each step took"(compose) {
    let elapsed = 0;
    const bench = createBench(guardSettings, { compose, elapsed: () => (elapsed += 1.256) });
    await bench.send({ uri: "/x", headers: alice(bench) });
    expect(JSON.parse(bench.lines[0] ?? "")).toMatchObject({
      ms: { read: 1.26, caller: 1.26, rules: 1.26, sign: 1.26, total: 6.28 },
    });
  },

  async "the log says which rule refused"(compose) {
    const bench = createBench(guardSettings, { compose });
    await ask(bench, alice(bench), "/admin/x");
    expect(JSON.parse(bench.lines[0] ?? "")).toMatchObject({
      outcome: "refused",
      code: "access_denied",
      rule: "/admin/*",
      reading: "as_sent",
    });
  },

  async "the log has paths and metrics where the stage asks for them"(compose) {
    const asking = { ...guardSettings, logPaths: true, metrics: true } as const;
    const bench = createBench(asking, { compose });
    await bench.send({ uri: "/admin/a%20b", querystring: "c=d", headers: alice(bench) });
    const { path, requests, _aws } = JSON.parse(bench.lines[0] ?? "");
    expect([path, requests]).toEqual(["/admin/a%20b", 1]);
    expect(_aws).toEqual({
      Timestamp: start * 1000,
      CloudWatchMetrics: [
        {
          Namespace: "gatehouse/app/test",
          Dimensions: [["outcome"], ["code"], ["rule"]],
          Metrics: [{ Name: "requests", Unit: "Count" }],
        },
      ],
    });
  },

  async "the access rules decide"(compose) {
    const bench = createBench(guardSettings, { compose });
    expect(await ask(bench, {}, "/public/x")).toBe(0);
    expect(await ask(bench, {})).toBe("token_missing");
    expect(await ask(bench, alice(bench), "/admin/x")).toBe("access_denied");
  },

  async "the bearer token goes along where the stage says so"(compose) {
    const bench = createBench({ ...guardSettings, forwardToken: true }, { compose });
    const { authorization } = alice(bench);
    const { headers } = await bench.send({ uri: "/x", headers: { authorization } });
    expect(`Bearer ${headers["x-gatehouse-token"]?.[0]}`).toBe(authorization);
  },

  async "only the cookies that the stage lists go along"(compose) {
    const bench = createBench({ ...guardSettings, forwardCookies: ["b"] }, { compose });
    const { headers } = await bench.send({ uri: "/public/x", headers: { cookie: "a=1; b=2" } });
    expect(headers["cookie"]).toEqual(["b=2"]);
  },

  async "a file of the site goes to its bucket, unsigned, and a request for a backend does not"(
    compose,
  ) {
    const bucketHost = "bucket.s3.eu-central-1.amazonaws.com";
    const site = { host: bucketHost, fallback: "app.html" };
    const bench = createBench({ ...guardSettings, site }, { compose });
    const file = await bench.send({ bucketHost, uri: "/public/x" });
    expect([file.forwarded?.uri, file.headers["authorization"]]).toEqual(["/app.html", undefined]);
    const call = await bench.send({ uri: "/public/x" });
    expect([call.forwarded?.uri, bench.signed]).toEqual(["/public/x", ["/public/x"]]);
  },

  async "headers larger than the stage lets through are refused, and the largest is named"(
    compose,
  ) {
    const bench = createBench({ ...guardSettings, originHeaderBytes: 4100 }, { compose });
    const headers = { "x-mine": "x".repeat(4000) };
    const { status, body } = await bench.send({ uri: "/public/x", headers });
    expect(status).toBe(431);
    expect(JSON.parse(body).largest).toEqual({ header: "x-mine", bytes: 4010 });
  },

  async "an unknown key has the pool's key set fetched, from the issuer's own address"(compose) {
    const fetchedFrom: string[] = [];
    const network = () => ({
      async fetchJson(url: string) {
        fetchedFrom.push(url);
        return jwks;
      },
    });
    const others = { keys: [publicJwk(makeKeyPair())], fetchedAt: start };
    const bench = createBench({ ...guardSettings, jwks: others }, { compose, files: { network } });
    expect(await ask(bench)).toBe(0);
    expect(fetchedFrom).toEqual([`${issuer}/.well-known/jwks.json`]);
    expect(bench.lines).toContain('{"v":1,"by":"guard","notice":"keys_refreshed"}');
  },

  async "a remembered token is refused when its time is over"(compose) {
    const bench = createBench(guardSettings, { compose });
    const headers = alice(bench);
    expect(await ask(bench, headers)).toBe(0);
    bench.clock.advance(3600);
    expect(await ask(bench, headers)).toBe("token_expired");
  },

  async "a remembered token is refused once its client has another id"(compose) {
    const values: Record<string, string> = { ...clientIds };
    const bench = createBench(
      { ...unbaked, ...(jwks && { jwks }) },
      { compose, files: parameterStore(values).files },
    );
    const headers = alice(bench);
    expect(await ask(bench, headers)).toBe(0);
    values[parameterNames.client("web")] = "3replacedreplacedreplaced3";
    bench.clock.advance(301);
    await ask(bench, headers);
    await new Promise((resolve) => setImmediate(resolve)); // for the refresh after the answer
    expect(await ask(bench, headers)).toBe("token_client");
  },

  async "a stage without a list of ended sign-ins loads none"(compose) {
    const files = { stageRevocations: missing };
    const revocation = { mode: "off" } as const;
    expect(await ask(createBench(guardSettings, { compose, files, revocation }))).toBe(0);
  },

  async "the list is read for the first good token, with a signature of the edge role"(compose) {
    let reads = 0;
    const signatures: (string | undefined)[] = [];
    const files = listReadBy(async (sign) => {
      reads += 1;
      if (reads === 1) throw new RangeError("away");
      const request = { method: "POST", host: "ssm.eu-central-1.amazonaws.com", path: "/" };
      const body = { kind: "visible", bytes: new Uint8Array(0) } as const;
      const { headers } = await sign({ ...request, query: "", headers: {}, body });
      signatures.push(headers["authorization"]?.[0]);
      return ended("alice");
    });
    const bench = createBench(guardSettings, { compose, files });
    expect(reads).toBe(0);
    bench.clock.advance(60); // alice's sign-in is no younger than what a list is good for
    const headers = bearer(bench.cognito.accessToken({ sub: "alice", authTime: start }));
    expect(await ask(bench, headers)).toBe("settings_unavailable");
    bench.clock.advance(2);
    expect(await ask(bench, headers)).toBe("token_revoked");
    expect(bench.lines).toContain(
      '{"v":1,"by":"guard","notice":"revocations_refresh_failed","cause":"RangeError"}',
    );
    expect(bench.lines).toContain('{"v":1,"by":"guard","notice":"revocations_refreshed"}');
    expect(signatures.join()).toContain(
      "Credential=ASIAEXAMPLE/20270115/eu-central-1/ssm/aws4_request",
    );
  },

  async "while the list cannot be read, the stage says what that means"(compose) {
    const files = listReadBy(() => Promise.reject(new RangeError("away")));
    for (const whenUnknown of ["refuse", "allow"] as const) {
      const revocation = { mode: "on", whenUnknown } as const;
      const bench = createBench(guardSettings, { compose, files, revocation });
      const headers = bearer(bench.cognito.accessToken({ sub: "alice", authTime: start - 60 }));
      await ask(bench, headers);
      expect(await ask(bench, headers)).toBe(whenUnknown === "allow" ? 0 : "settings_unavailable");
    }
  },

  async "nobody without a good token makes the guard open its list"(compose) {
    const { files, opened } = listThatIsOpened();
    const revocation = { mode: "on", whenUnknown: "refuse" } as const;
    const bench = createBench(guardSettings, { compose, files, revocation });
    const cookie = sessionCookie({ accessToken: "a.b.c", refreshToken: "r" });
    await bench.send({ uri: "/public/x" });
    await bench.send({ uri: "/x", headers: followed });
    await bench.send({ uri: "/x", headers: { authorization: "Bearer a.b.c" } });
    await bench.send({ uri: "/public/x", headers: { ...followed, cookie } });
    expect(opened()).toBe(0);
    await bench.send({ uri: "/x", headers: alice(bench) });
    expect(opened()).toBe(1);
  },

  async "where the backend looks sign-ins up, the guard reads no list before it needs one"(
    compose,
  ) {
    const { files, opened } = listThatIsOpened();
    const revocation = { mode: "on", whenUnknown: "refuse", checkedBy: "backend" } as const;
    const bench = createBench(guardSettings, { compose, files, revocation });
    const { headers } = await bench.send({ uri: "/x", headers: alice(bench) });
    expect([opened(), headers["x-gatehouse-caller"]]).toEqual([0, undefined]);
    expect(fromUncheckedCallerHeader(headers["x-gatehouse-caller-unchecked"] ?? [])).toMatchObject({
      caller: { sub: "alice" },
      signIn: { authTime: start },
    });
    await bench.signIn();
    const before = opened();
    expect((await bench.browse("/x")).headers["x-gatehouse-caller-unchecked"]).toHaveLength(1);
    expect([before, opened()]).toEqual([1, 1]); // for the sign-in itself
    const me = { uri: "/.auth/me", headers: { ...fetched, ...alice(bench) } };
    expect([(await bench.send(me)).status, (await bench.send(me)).status, opened()]).toEqual([
      200, 200, 1,
    ]);
  },

  async "a backend that nobody said anything about gets only who was looked up"(compose) {
    const other = "other.lambda-url.eu-central-1.on.aws";
    const bench = createBench(
      { ...guardSettings, otherFunctionUrlHosts: [other] },
      {
        compose,
        revocation: { mode: "on", whenUnknown: "refuse", checkedBy: "backend" },
      },
    );
    bench.revoked.add("alice");
    expect(await ask(bench)).toBe(0);
    const sent = { uri: "/x", headers: alice(bench), originHost: other };
    expect((await bench.send(sent)).code).toBe("token_revoked");
    bench.revoked.clear();
    const { headers } = await bench.send(sent);
    expect(headers["x-gatehouse-caller"]).toHaveLength(1);
    expect(headers["x-gatehouse-caller-unchecked"]).toBe(undefined);
  },

  async "the caller header is of the version that the settings say"(compose) {
    for (const callerVersion of [undefined, 2] as const) {
      const settings = callerVersion === undefined ? {} : { callerVersion };
      const bench = createBench({ ...guardSettings, ...settings }, { compose });
      const { headers } = await bench.send({ uri: "/x", headers: alice(bench) });
      const { caller } = fromCallerHeader(headers["x-gatehouse-caller"] ?? []);
      expect("issuer" in caller ? caller.issuer : "none").toBe(
        callerVersion === undefined ? "none" : issuer,
      );
    }
  },

  async "the claims that the rules ask for are told of a session, too"(compose) {
    const access = defineAccess({ rules: { "/*": "signed-in" }, claims: ["email"] });
    const bench = createBench(guardSettings, { compose, access });
    await bench.signIn();
    const { headers } = await bench.browse("/x", { headers: fetched });
    const { caller } = fromCallerHeader(headers["x-gatehouse-caller"] ?? []);
    expect(caller).toMatchObject({ claims: { email: "person@example.com" } });
  },

  async "what is not baked comes from Parameter Store with one call"(compose) {
    const { asked, files } = parameterStore({
      ...clientIds,
      [parameterNames.jwks]: JSON.stringify(jwks),
    });
    const bench = createBench(unbaked, { compose, files });
    expect(await ask(bench)).toBe(0);
    expect(asked).toEqual([
      [
        "eu-central-1",
        "/gatehouse/app/test",
        ["clients/web", "clients/machine", "jwks"],
        expect.objectContaining(roleKeys),
      ],
    ]);
    expect(bench.lines).toContain('{"v":1,"by":"guard","notice":"settings_refreshed"}');
  },

  async "baked settings ask Parameter Store for nothing"(compose) {
    const { asked, files } = parameterStore({ [parameterNames.revoked]: noRevocations });
    expect(await ask(createBench(guardSettings, { compose, files }))).toBe(0);
    expect(asked).toEqual([]);
  },

  async "a client that is known by its document is let in to the app's resource"(compose) {
    const url = "https://client.example/oauth/client.json";
    const bench = createBench(
      { ...guardSettings, cimdUrlPatterns: [url] },
      { compose, access: withResource },
    );
    const now = bench.clock.now();
    const claims = accessClaims({ issuer, clientId: url, now, scopes: ["api/read"] });
    const token = mint({ key: accessKey, claims: { ...claims, aud: `${appOrigin}/mcp` } });
    expect(await ask(bench, bearer(token), "/mcp")).toBe(0);
  },

  async "a token for the app's resource tells nothing at /.auth/me"(compose) {
    const bench = createBench(guardSettings, { compose, access: withResource });
    const now = bench.clock.now();
    const claims = accessClaims({ issuer, clientId: webClient, now, scopes: ["api/read"] });
    const token = mint({ key: accessKey, claims: { ...claims, aud: `${appOrigin}/mcp` } });
    expect(await ask(bench, bearer(token), "/.auth/me")).toBe("token_audience");
  },

  async "an app's resource leads clients to the sign-in, and is put together once"(compose) {
    let made = 0;
    const files: Partial<LazyFiles> = {
      protectedResource: () => ({
        createProtectedResource(...of) {
          made += 1;
          return createProtectedResource(...of);
        },
      }),
    };
    const bench = createBench(guardSettings, { compose, files, access: withResource });
    const { status, body } = await bench.send({ uri: "/.well-known/oauth-protected-resource" });
    expect([status, JSON.parse(body).resource]).toEqual([200, `${appOrigin}/mcp`]);
    const { headers } = await bench.send({ uri: "/mcp" });
    expect([headers["www-authenticate"]?.[0]?.split(" ")[1], made]).toEqual([
      `resource_metadata="${appOrigin}/.well-known/oauth-protected-resource/mcp",`,
      1,
    ]);
  },

  async "a session is the caller's, and only a token of the browsers' client makes one"(compose) {
    const bench = createBench(guardSettings, { compose });
    await bench.signIn();
    expect((await bench.browse("/x")).status).toBe(0);
    const me = await bench.browse("/.auth/me", { headers: fetched });
    expect([me.status, JSON.parse(me.body).sub]).toEqual([200, "alice"]);
    const bob = bearer(bench.cognito.accessToken({ sub: "bob" }));
    const other = await bench.send({ uri: "/.auth/me", headers: { ...fetched, ...bob } });
    expect([other.status, JSON.parse(other.body).sub]).toEqual([200, "bob"]);
    const accessToken = mint({
      key: accessKey,
      claims: accessClaims({ issuer, clientId: machineClient, now: start, sub: "alice" }),
    });
    const cookie = sessionCookie({ accessToken, refreshToken: "r" });
    expect((await bench.send({ uri: "/x", headers: { ...fetched, cookie } })).status).toBe(401);
  },

  async "the client's secret is asked for below the stage's prefix, in its region, and signed for that"(
    compose,
  ) {
    let parameters: Parameters<typeof browserHalf.createSessions>[0]["parameters"] | undefined;
    const files: Partial<LazyFiles> = {
      browserHalf: () => ({
        ...browserHalf,
        createSessions(deps) {
          ({ parameters } = deps);
          return browserHalf.createSessions(deps);
        },
      }),
    };
    await createBench(guardSettings, { compose, files }).browse("/.auth/login");
    const { region, prefix } = guardSettings;
    expect(parameters).toMatchObject({ region, prefix });
    const request = {
      method: "POST",
      host: "ssm",
      path: "/",
      query: "",
      headers: { host: ["ssm"] },
    };
    const body = { kind: "visible", bytes: new Uint8Array(0) } as const;
    const signed = await parameters?.sign({ ...request, body });
    expect(signed?.headers["authorization"]?.[0]).toContain(`/${region}/ssm/aws4_request`);
  },

  async "a sign-in asks for the scopes that the stage gives people"(compose) {
    const asked = async (settings: GuardSettings) => {
      const { location = "" } = await createBench(settings, { compose }).browse("/.auth/login");
      return new URL(location).searchParams.get("scope");
    };
    expect(await asked(guardSettings)).toBe("openid email profile");
    expect(await asked(givingPeople("api/write"))).toBe("openid email profile api/write");
  },

  async "an expired session is renewed, and one whose sign-in was ended is not"(compose) {
    const bench = createBench(guardSettings, { compose });
    await bench.signIn();
    bench.clock.advance(3601);
    const renewed = await bench.browse("/x");
    expect([renewed.status, renewed.cookies.length]).toEqual([307, 2]);
    bench.revoked.add("alice");
    bench.clock.advance(3601);
    const over = await bench.browse("/x");
    expect([over.status, new URL(over.location ?? "").pathname]).toEqual([302, "/logout"]);
    expect(
      bench.cognito.posted.filter(({ grant_type }) => grant_type === "refresh_token"),
    ).toHaveLength(1);
  },

  async "a refresh token that cannot be revoked is told to the log"(compose) {
    const bench = createBench(guardSettings, { compose });
    await bench.signIn();
    bench.cognito.instead = new RangeError("away");
    await bench.browse("/.auth/logout");
    expect(bench.lines).toContain(
      '{"v":1,"by":"guard","notice":"sign_out_unrevoked","cause":"SignInError < RangeError"}',
    );
  },

  async "the browser half is made once, and remembers"(compose) {
    let made = 0;
    const files: Pick<LazyFiles, "browserHalf"> = {
      browserHalf: () => ({
        ...browserHalf,
        createSessions(deps) {
          made += 1;
          return browserHalf.createSessions(deps);
        },
      }),
    };
    const bench = createBench(guardSettings, { compose, files });
    await bench.browse("/.auth/login");
    await bench.browse("/.auth/login");
    expect(made).toBe(1);
  },
} satisfies Record<string, (compose: Compose) => Promise<void>>;

export type Behaviour = keyof typeof behaviours;

function missing(): never {
  throw new TypeError("this file is not to be loaded");
}
