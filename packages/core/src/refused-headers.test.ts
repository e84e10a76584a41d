import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { isRefusedHeader, usualNames } from "./refused-headers.ts";

/** Names by who obeys them, as that software's own documentation or source has them. */
const obeyed: Readonly<Record<string, readonly string[]>> = {
  "the backend of this guard": [
    "x-gatehouse-caller",
    "x-gatehouse-caller-unchecked",
    "x-gatehouse-token",
    "x-gatehouse-origin",
    "x-gatehouse-anything",
  ],
  "AWS: signatures, load balancers, API Gateway, the Lambda web adapter, serverless-express": [
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-content-sha256",
    "x-amzn-oidc-data",
    "x-amzn-oidc-identity",
    "x-amzn-oidc-accesstoken",
    "x-amzn-mtls-clientcert",
    "x-amzn-mtls-clientcert-subject",
    "x-amzn-remapped-authorization",
    "x-amzn-remapped-host",
    "x-amzn-request-context",
    "x-amzn-lambda-context",
    "x-apigateway-event",
    "x-apigateway-context",
    "x-apigateway-api-userinfo",
    "x-endpoint-api-userinfo",
  ],
  "Express, Rack, Rails, Spring, ASP.NET, Symfony, Traefik behind a proxy": [
    "forwarded",
    "forwarded-for",
    "x-forwarded",
    "x-forwarded-by",
    "x-forwarded-client-cert",
    "x-forwarded-context",
    "x-forwarded-for-original",
    "x-forwarded-host",
    "x-forwarded-method",
    "x-forwarded-path",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-forwarded-protocol",
    "x-forwarded-scheme",
    "x-forwarded-server",
    "x-forwarded-ssl",
    "x-forwarded-tls-client-cert",
    "x-forwarded-uri",
    "x-forwarded-url",
    "front-end-https",
    "x-host",
    "x-scheme",
    "x-url-scheme",
  ],
  "readers of another path or method": [
    "x-original-url",
    "x-original-uri",
    "x-original-path",
    "x-original-prefix",
    "x-original-host",
    "x-original-method",
    "x-original-proto",
    "x-original-for",
    "x-original-forwarded-for",
    "x-original-remote-addr",
    "x-rewrite-url",
    "x-rewrite-uri",
    "x-request-uri",
    "x-override-url",
    "x-replaced-path",
    "x-matched-path",
    "x-script-name",
    "script-name",
    "path-info",
    "path-translated",
    "x-http-method",
    "x-http-methods",
    "x-http-method-override",
    "x-http-host-override",
    "x-http-destinationurl",
    "x-method-override",
    "x-host-override",
    "x-accel-mapping",
    "x-sendfile-type",
    "x-envoy-original-path",
    "x-envoy-original-method",
    "x-envoy-external-address",
    "x-waws-unencoded-url",
    "x-arr-ssl",
    "disguised-host",
    "was-default-hostname",
  ],
  "Next, OpenNext, Vercel, Astro, React Router": [
    "x-middleware-subrequest",
    "x-middleware-rewrite",
    "x-middleware-next",
    "x-middleware-set-cookie",
    "x-middleware-override-headers",
    "x-invoke-path",
    "x-invoke-query",
    "x-invoke-status",
    "x-now-route-matches",
    "x-opennext-initial-url",
    "x-astro-path",
    "x-astro-locals",
    "x-react-router-prerender-data",
    "x-react-router-spa-mode",
    "x-vercel-forwarded-for",
    "x-vercel-ip-country",
    "x-vercel-oidc-token",
  ],
  "what stands behind a proxy that signs people in": [
    "x-auth-request-user",
    "x-auth-request-email",
    "x-auth-request-groups",
    "x-auth-request-preferred-username",
    "x-auth-request-access-token",
    "x-auth-request-redirect",
    "x-forwarded-user",
    "x-forwarded-email",
    "x-forwarded-groups",
    "x-forwarded-preferred-username",
    "x-forwarded-access-token",
    "gap-auth",
    "gap-signature",
    "x-user",
    "x-email",
    "x-groups",
    "remote-user",
    "remote-groups",
    "remote-name",
    "remote-email",
    "x-remote-user",
    "x-remote-group",
    "x-remote-extra-scopes",
    "x-authentik-username",
    "x-authentik-groups",
    "x-authentik-jwt",
    "x-pomerium-jwt-assertion",
    "x-pomerium-claim-email",
    "x-vouch-user",
    "x-vouch-idp-accesstoken",
    "x-webauth-user",
    "x-webauth-role",
    "x-consumer-username",
    "x-consumer-custom-id",
    "x-anonymous-consumer",
    "x-authenticated-userid",
    "x-authenticated-scope",
    "x-credential-identifier",
    "x-credential-username",
    "x-userinfo",
    "x-auth-user",
    "x-auth-userid",
    "x-auth-username",
    "x-auth-email",
    "x-auth-roles",
    "x-auth-groups",
    "x-auth-subject",
    "x-proxy-user",
    "x-proxy-roles",
    "teleport-jwt-assertion",
    "tailscale-user-login",
    "tailscale-user-name",
    "tailscale-app-capabilities",
    "ngrok-auth-user-email",
    "dapr-caller-app-id",
    "l5d-client-id",
  ],
  "servers and agents for single sign-on": [
    "auth-user",
    "auth-type",
    "logon-user",
    "remote-addr",
    "shib-session-id",
    "shib-identity-provider",
    "eppn",
    "oidc-claim-sub",
    "oidc-access-token",
    "mellon-name-id",
    "sm-user",
    "smuser",
    "sm-universalid",
    "iv-user",
    "iv-groups",
    "iv-creds",
    "oam-remote-user",
    "osso-user-dn",
    "wl-proxy-client-ip",
    "$wsru",
    "x-iisnode-auth-user",
  ],
  "clouds that sign people in": [
    "cf-access-authenticated-user-email",
    "cf-access-jwt-assertion",
    "cf-connecting-ip",
    "cf-connecting-ipv6",
    "cf-ipcountry",
    "cf-visitor",
    "cf-worker",
    "x-goog-authenticated-user-email",
    "x-goog-authenticated-user-id",
    "x-goog-iap-jwt-assertion",
    "x-appengine-user-email",
    "x-appengine-cron",
    "x-appengine-inbound-appid",
    "x-ms-client-principal",
    "x-ms-client-principal-id",
    "x-ms-client-principal-name",
    "x-ms-token-aad-id-token",
    "x-ms-token-google-access-token",
    "x-azure-clientip",
    "x-azure-socketip",
    "x-nf-client-connection-ip",
  ],
  "readers of a client's certificate or address": [
    "client-cert",
    "client-cert-chain",
    "client-ip",
    "true-client-ip",
    "x-client-ip",
    "x-clientip",
    "x-client-cert",
    "x-client-verify",
    "x-cluster-client-ip",
    "x-ssl-client-cert",
    "x-ssl-client-verify",
    "x-ssl-client-s-dn",
    "ssl-client-verify",
    "ssl-client-cert",
    "x-tls-client-cert",
    "fastly-client-ip",
    "fly-client-ip",
    "do-connecting-ip",
    "x-remote-ip",
  ],
  "CGI programs that call others": ["proxy"],
};
const names = Object.values(obeyed).flat();

/** What browsers, clients, CloudFront and Lambda send for good. */
const ordinary = [
  "accept",
  "accept-encoding",
  "accept-language",
  "access-control-request-headers",
  "apollographql-client-name",
  "authorization",
  "cache-control",
  "cdn-loop",
  "cloudfront-viewer-country",
  "connect-protocol-version",
  "content-length",
  "content-type",
  "cookie",
  "dnt",
  "host",
  "idempotency-key",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "last-event-id",
  "mcp-protocol-version",
  "ngrok-skip-browser-warning",
  "origin",
  "pragma",
  "priority",
  "range",
  "referer",
  "save-data",
  "sec-ch-ua-platform",
  "sec-fetch-mode",
  "sentry-trace",
  "stripe-signature",
  "traceparent",
  "transfer-encoding",
  "trpc-accept",
  "tus-resumable",
  "upload-offset",
  "user-agent",
  "via",
  "x-access-token",
  "x-amzn-tls-version",
  "x-amzn-trace-id",
  "x-amzn-waf-label",
  "x-api-key",
  "x-astronomy",
  "x-auth-token",
  "x-client-id",
  "x-correlation-id",
  "x-csrf-token",
  "x-forwarded-for",
  "x-github-event",
  "x-goog-api-client",
  "x-hub-signature-256",
  "x-middleware-prefetch",
  "x-ms-client-request-id",
  "x-nextjs-data",
  "x-original-filename",
  "x-original-format",
  "x-request-id",
  "x-requested-with",
  "x-slack-signature",
  "x-sveltekit-action",
  "x-total-count",
  "x-user-agent",
  "x-xsrf-token",
  "x-gatehouse",
  "x-original-urls",
  "my-x-amz-date",
  "my-remote-user",
];

test("the table has more than 200 names, each of them once", () => {
  expect(names.length).toBeGreaterThan(200);
  expect(new Set([...names, ...ordinary]).size).toBe(names.length + ordinary.length);
});

describe.each(Object.entries(obeyed))("what is obeyed by %s", (_who, ofThem) => {
  test.each(ofThem)("%s is refused, with _ for - and in any case, too", (name) => {
    const spellings = [name, name.toUpperCase(), name.replaceAll("-", "_")];
    const mixed = name.replace("-", "_").replace(/[a-z]/, (letter) => letter.toUpperCase());
    for (const spelling of [...spellings, mixed])
      expect([spelling, isRefusedHeader(spelling)]).toEqual([spelling, true]);
  });
});

test.each(ordinary)("%s is passed on", (name) => {
  expect(isRefusedHeader(name)).toBe(false);
  expect(isRefusedHeader(name.toUpperCase())).toBe(false);
});

test.each(usualNames)("%s, which goes by unjudged, would be passed on by a judge", (name) => {
  expect(isRefusedHeader(name)).toBe(false);
  expect(isRefusedHeader(name.replace(/[a-z]/, (letter) => letter.toUpperCase()))).toBe(false);
});

test("x-forwarded-for is CloudFront's under that name alone", () => {
  for (const name of ["x_forwarded_for", "x-forwarded_for", "x.forwarded.for", "x-forwarded-for-"])
    expect([name, isRefusedHeader(name)]).toEqual([name, true]);
});

/** Of an HTTP token (RFC 9110 section 5.6.2), what is neither letter nor digit: CGI makes `_` of each. */
const marks = "!#$%&'*+-.^_`|~";

test("no spelling of a refused name that CGI would read as the same is passed on", () => {
  const seed = Date.now() % 2 ** 31;
  console.log(`seed of the spellings: ${seed}`);
  const spelling = fc
    .tuple(fc.constantFrom(...names), fc.infiniteStream(fc.nat(2 * marks.length - 1)))
    .map(([name, choices]) =>
      Array.from(name, (character) => {
        const { value: choice } = choices.next();
        if (/[^a-z0-9]/.test(character)) return marks[choice % marks.length];
        return choice % 2 === 0 ? character : character.toUpperCase();
      }).join(""),
    );
  fc.assert(
    fc.property(spelling, (name) => {
      expect([name, isRefusedHeader(name)]).toEqual([name, true]);
    }),
    { seed, numRuns: 2000 },
  );
});

test("a name that was judged before gets the same verdict, whoever asked for what in between", () => {
  const asked = [...names, ...ordinary.slice(0, 50)];
  const first = asked.map(isRefusedHeader);
  for (let strange = 0; strange < 1000; strange += 1) isRefusedHeader(`strange-${strange}`);
  expect(asked.map(isRefusedHeader)).toEqual(first);
});
