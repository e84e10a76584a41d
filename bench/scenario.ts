import { randomBytes } from "node:crypto";

import { accessClaims, idClaims, mint } from "@sst-gatehouse/testkit/tokens";
import type { OriginRequestHandler } from "@sst-gatehouse/edge/origin-request";
import {
  accessKey,
  idKey,
  issuer,
  originRequestEvent,
  webClient,
  type EventParts,
} from "@sst-gatehouse/edge/test/events";
import { sessionCookie } from "@sst-gatehouse/edge/test/test-browser";

export type EdgeEvent = Parameters<OriginRequestHandler>[0];
export type EdgeAnswer = Awaited<ReturnType<OriginRequestHandler>>;

/** What a browser sends, and what CloudFront adds to it. */
const viewerHeaders = {
  "user-agent":
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
  accept: "application/json, text/plain, */*",
  "accept-encoding": "gzip, br",
  "accept-language": "en-GB,en;q=0.9",
  referer: "https://app.example.com/reports",
};

/** A new ID token, about 1.1 KB, signed by a user pool key of this process. */
export function freshToken(): string {
  return mintAt(nowSeconds());
}

/** One of somebody who signed in an hour ago: what a list of ended sign-ins is needed for. */
export function tokenOfOldSignIn(): string {
  const now = nowSeconds();
  const claims = idClaims({ issuer, clientId: webClient, now, groups: ["staff"] });
  return mint({ key: idKey, claims: { ...claims, auth_time: now - 3600 } });
}

/** One that was valid until an hour ago. */
export function expiredToken(): string {
  return mintAt(nowSeconds() - 2 * 3600);
}

/** As long as a token, in the form of one, and random. */
export function garbageToken(): string {
  return [60, 500, 256].map((bytes) => randomBytes(bytes).toString("base64url")).join(".");
}

function mintAt(now: number): string {
  return mint({
    key: idKey,
    claims: idClaims({ issuer, clientId: webClient, now, groups: ["staff"] }),
  });
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** The cookie of a browser that signed in: an access token, and a refresh token as long as Cognito's, sealed. */
export function sessionOfBrowser(): string {
  const claims = accessClaims({
    issuer,
    clientId: webClient,
    now: nowSeconds(),
    groups: ["staff"],
  });
  return sessionCookie({
    accessToken: mint({ key: accessKey, claims }),
    // As Cognito encrypts it: header, key, nonce, text and tag.
    refreshToken: [
      Buffer.from('{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}'),
      ...[256, 12, 900, 16].map((bytes) => randomBytes(bytes)),
    ]
      .map((part) => part.toString("base64url"))
      .join("."),
  });
}

/**
 * Makes events the way Lambda's runtime does: parsed from text, each object new.
 *
 * @param carrier header that has the credential, and what comes before it there.
 */
export function createEvents(
  parts: Pick<EventParts, "method" | "uri" | "body"> = {},
  [carrier, before]: readonly [name: string, text: string] = ["authorization", "Bearer "],
): (credential: string) => EdgeEvent {
  const placeholder = "credential-of-the-request";
  const length = parts.body === undefined ? {} : { "content-length": String(parts.body.length) };
  const event = originRequestEvent({
    uri: "/echo/reports",
    ...parts,
    headers: {
      ...viewerHeaders,
      "sec-fetch-site": "same-origin",
      ...length,
      [carrier]: `${before}${placeholder}`,
    },
  });
  const [start = "", end = ""] = JSON.stringify(event).split(placeholder);
  return (credential) => JSON.parse(`${start}${credential}${end}`);
}
