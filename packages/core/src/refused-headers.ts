/**
 * What others obey, by the beginning of the name: `-` stands for any character that is neither letter nor digit, because
 * CGI and its heirs (WSGI, Rack, PHP) read them all as one.
 */
const refusedNames = [
  // Ours; AWS's signature, load balancers, API Gateway, and what the Lambda web adapter and serverless-express add.
  "x-(?:gatehouse|amz|apigateway|endpoint-api)-",
  "x-amzn-(?:oidc|mtls|remapped|request-context|lambda-context)",
  // Another host, scheme, port, prefix or person: proxies and what stands behind them. `x-forwarded-for` is CloudFront's.
  "forwarded|x-forwarded(?!\\x2dfor$)",
  "x-(?:url-)?(?:host|scheme|ssl.*|https)$",
  "front-end-https|disguised-host|was-default",
  // Another path or method: IIS and Symfony, nginx, Envoy, Traefik, WSGI, Rack, Azure.
  "x-original-(?:ur[il]|path|prefix|host|method|scheme|proto|for|forwarded.*|remote.*)$",
  "x-(?:rewrite|request|override)-ur[il]$",
  "x-http-(?:method|host|path|dest)",
  "x-(?:method|host|path|url)-override$",
  "(?:x-)?(?:script-name|path-info|path-translated)$",
  "x-(?:replaced|matched)-path$",
  "x-(?:envoy|arr|waws|accel|sendfile|iisnode)-",
  // Inside Next, OpenNext, Vercel, Astro and React Router. Next's own pages send the prefetch.
  "x-middleware-(?!prefetch$)",
  "x-(?:invoke|now|opennext|astro)-",
  "x-(?:react-router-(?:prerender|spa)|vercel-(?:forwarded|ip|oidc|proxied))",
  // A signed-in person, by a proxy in front: oauth2-proxy, Authelia, authentik, Pomerium, Vouch, Kong, APISIX, Louketo,
  // OpenSearch, Grafana, Ory, Teleport, Tailscale, ngrok.
  "x-(?:authenticated|authentik|pomerium|vouch|webauth|consumer)-",
  "x-auth-(?:request|user|email|name|group|role|sub)",
  "x-(?:user|email|groups?|roles?|userinfo|anonymous-consumer)$",
  "x-(?:credential-(?:id|user)|proxy-(?:user|role|group|ext))",
  "gap-(?:auth|signature)$",
  "(?:teleport|tailscale|ngrok-auth|dapr-caller|l5d)-",
  // The same, by a server or a single sign-on agent: WSGI and Django, IIS, Shibboleth, OpenID Connect and SAML in Apache,
  // SiteMinder, WebSEAL, Oracle, WebSphere, WebLogic.
  "(?:x-)?remote-",
  "(?:auth|logon)-(?:user|type)$",
  "(?:shib|oidc|mellon|oam|osso|wl-proxy)-",
  "iv-(?:user|group|creds|remote)|sm-?(?:user|universal|auth|server)|eppn$|-ws",
  // The same, by a cloud: Cloudflare Access, Google's proxy and App Engine, Azure.
  "cf-(?:access|connecting|pseudo|visitor|ip|worker)",
  "x-goog-(?:authenticated|iap)|x-(?:appengine|appservice|azure|nf)-|x-ms-(?:client-principal|token-)",
  // A client's certificate or address.
  "(?:x-)?(?:ssl-|tls-)?client-?(?:cert|verify|s?-dn|ip$)",
  "(?:x-cluster|true|fastly|fly|do|x-remote)-(?:client|connecting|forwarded)",
  // PHP and CGI: the proxy for their own requests.
  "proxy$",
];

/**
 * Made for the first name that nobody has judged: Node takes a millisecond to compile it, and two where it says `i` and has a
 * class of all other characters in the place of each dash.
 */
let refused: RegExp | undefined;

function judge(name: string): boolean {
  refused ??= new RegExp(`^(?:${refusedNames.join("|").replaceAll("-", "[-_]")})`);
  return refused.test(name.replaceAll(/[^A-Za-z\d-]/g, "_").toLowerCase());
}

/** What every browser and client sends, and CloudFront itself: nobody refuses any of them. */
export const usualNames: readonly string[] = [
  "accept",
  "accept-encoding",
  "accept-language",
  "authorization",
  "cache-control",
  "content-length",
  "content-type",
  "cookie",
  "host",
  "if-none-match",
  "origin",
  "pragma",
  "priority",
  "referer",
  "sec-ch-ua",
  "sec-ch-ua-mobile",
  "sec-ch-ua-platform",
  "sec-fetch-dest",
  "sec-fetch-mode",
  "sec-fetch-site",
  "sec-fetch-user",
  "traceparent",
  "upgrade-insecure-requests",
  "user-agent",
  "via",
  "x-forwarded-for",
];

/** Names that were judged before: browsers send the same twenty again and again. Strangers' many and long ones go by. */
const judged = new Map<string, boolean>(usualNames.map((name) => [name, false]));
const maxJudged = 200;
const maxJudgedLength = 40;

/** Whether a header is one that a caller may not send. */
export function isRefusedHeader(name: string): boolean {
  const known = judged.get(name);
  if (known !== undefined) return known;
  const verdict = judge(name);
  if (judged.size < maxJudged && name.length <= maxJudgedLength) judged.set(name, verdict);
  return verdict;
}
