import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import { describe, expect, test } from "vitest";

import { type EventParts, guardSettings, originRequestEvent } from "../test/events.ts";
import { type Bench, createBench, followed } from "../test/test-browser.ts";

const bucketHost = "gatehouse-anna-site-0123abcd.s3.eu-central-1.amazonaws.com";
const pages: GuardSettings = { ...guardSettings, site: { host: bucketHost } };
const spa: GuardSettings = {
  ...guardSettings,
  site: { host: bucketHost, fallback: "index.html" },
};

const bearer = ({ cognito }: Bench, groups: readonly string[] = []) => ({
  authorization: `Bearer ${cognito.accessToken({ sub: "sub-of-alice", username: "alice", groups })}`,
});

/** A file that alice asks for. */
async function asAlice(parts: EventParts, settings = spa, groups: readonly string[] = []) {
  const bench = createBench(settings);
  const outcome = await bench.send({
    bucketHost,
    ...parts,
    headers: { ...bearer(bench, groups), ...parts.headers },
  });
  return { ...outcome, signed: bench.signed };
}

describe("a file of the site", () => {
  test("goes to the bucket without signature, credentials, caller or query: CloudFront signs", async () => {
    const headers = {
      cookie: "theme=dark",
      "if-none-match": '"etag"',
      range: "bytes=0-9",
      "x-gatehouse-caller": "e30",
      "x-amz-acl": "public-read",
      "x-forwarded-host": "evil.example",
      "user-agent": "test",
    };
    const asked = { uri: "/assets/a.js", querystring: "response-content-type=text/html", headers };
    const { status, forwarded, signed } = await asAlice(asked);
    const { request } = originRequestEvent({ ...asked, bucketHost }).Records[0]!.cf;
    const kept = ["host", "via", "x-forwarded-for", "if-none-match", "range", "user-agent"];
    expect([status, signed]).toEqual([0, []]);
    expect(forwarded).toEqual({
      ...request,
      querystring: "",
      headers: Object.fromEntries(kept.map((name) => [name, request.headers[name]])),
    });
  });

  test.each([
    ["/", "/index.html", "/index.html"],
    ["/members/7", "/index.html", "/members/7/index.html"],
    ["/favicon.ico", "/favicon.ico", "/favicon.ico"],
  ])("%s is %s of a single-page app, and %s of pages", async (uri, ofApp, ofPages) => {
    expect((await asAlice({ uri })).forwarded?.uri).toBe(ofApp);
    expect((await asAlice({ uri }, pages)).forwarded?.uri).toBe(ofPages);
  });

  test("is decided about by the path that was asked for, not by its file's", async () => {
    expect(await asAlice({ uri: "/admin/panel" })).toMatchObject({ code: "access_denied" });
    const { forwarded } = await asAlice({ uri: "/admin/panel" }, spa, ["admin"]);
    expect(forwarded?.uri).toBe("/index.html");
  });

  test.each<[string, EventParts, string, number]>([
    ["nobody", { headers: { authorization: [] } }, "token_missing", 401],
    ["a bad token", { headers: { authorization: "Bearer x.y.z" } }, "token_malformed", 401],
    ["a path with two readings", { uri: "/public/..%2fadmin" }, "path_malformed", 400],
    ["an escaped way around", { uri: "/%61dmin/x" }, "path_ambiguous", 400],
    ["another bucket", { bucketHost: `evil-${bucketHost}` }, "origin_unknown", 421],
    ["a folder of the bucket", { originPath: "/other" }, "origin_unknown", 421],
  ])("is refused to %s", async (_what, parts, code, status) => {
    const outcome = await asAlice({ uri: "/a.txt", ...parts });
    expect([outcome.code, outcome.status, outcome.signed]).toEqual([code, status, []]);
  });

  test("of another stage's bucket is refused where the app has no site", async () => {
    const outcome = await asAlice({ uri: "/a.txt" }, guardSettings);
    expect([outcome.code, outcome.signed]).toEqual(["origin_unknown", []]);
  });

  test.each([{ originHost: bucketHost }, { bucketHost }])(
    "is never signed for, whichever kind of origin %j is",
    async (parts) => {
      const { status, signed } = await asAlice({ bucketHost: "", ...parts, uri: "/a.txt" });
      expect([status, signed]).toEqual([0, []]);
    },
  );

  test("is refused by the guard once a sign-in was ended, also where the backend looks up its own", async () => {
    const bench = createBench(spa, {
      revocation: { mode: "on", whenUnknown: "refuse", checkedBy: "backend" },
    });
    const headers = bearer(bench);
    expect((await bench.send({ bucketHost, uri: "/a.txt", headers })).status).toBe(0);
    bench.revoked.add("sub-of-alice");
    expect((await bench.send({ bucketHost, uri: "/a.txt", headers })).code).toBe("token_revoked");
    expect((await bench.send({ uri: "/a.txt", headers })).status).toBe(0);
  });

  test("is shown to a browser that signs in for it, which keeps its session to itself", async () => {
    const bench = createBench(spa);
    const refused = await bench.send({ bucketHost, uri: "/members", headers: followed });
    expect([refused.status, refused.location]).toEqual([
      302,
      expect.stringContaining("https://auth.example.com/oauth2/authorize"),
    ]);
    await bench.signIn();
    const { forwarded } = await bench.browse("/members", { bucketHost });
    expect([forwarded?.uri, forwarded?.headers["cookie"]]).toEqual(["/index.html", undefined]);
  });
});
