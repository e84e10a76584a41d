import type { Snapshot } from "@sst-gatehouse/blueprint/guard-settings";
import { makeKeyPair, publicJwk } from "@sst-gatehouse/testkit/tokens";
import type { CloudFrontHeaders, CloudFrontRequestEvent } from "aws-lambda";

/** What the tests of this package share: one pool, one stage, events as CloudFront makes them. */
export const host = "abcdefghijklmnopqrstuvwxyz234567.lambda-url.eu-central-1.on.aws";
export const issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123";
export const webClient = "1webwebwebwebwebwebwebweb1";
export const machineClient = "2machinemachinemachinema2";
export const idKey = makeKeyPair();
export const accessKey = makeKeyPair();

export const snapshot: Snapshot = {
  madeBy: "local",
  region: "eu-central-1",
  prefix: "/gatehouse/app/test",
  functionUrlHost: host,
  issuers: [issuer],
  jwks: { keys: [publicJwk(idKey), publicJwk(accessKey)], fetchedAt: 1_800_000_000 },
  clients: {
    [webClient]: { name: "web", kind: "person", tokenUses: ["id", "access"] },
    [machineClient]: { name: "machine", kind: "machine", tokenUses: ["access"] },
  },
  clientNames: ["web", "machine"],
  corsOrigins: ["https://spa.example.com"],
  forwardToken: false,
  signIn: { hostedOrigin: "https://auth.example.com", client: "web" },
  revocation: { mode: "off" },
};

export interface EventParts {
  readonly method?: string;
  readonly uri?: string;
  readonly querystring?: string;
  /** A list becomes as many header lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array;
  readonly inputTruncated?: boolean;
  readonly originHost?: string;
  readonly originPath?: string;
}

/** An origin-request event with the headers that CloudFront always sends. */
export function originRequestEvent(parts: EventParts = {}): CloudFrontRequestEvent {
  const {
    method = "GET",
    uri = "/",
    querystring = "",
    body = new Uint8Array(0),
    inputTruncated = false,
    originHost = host,
    originPath = "",
  } = parts;
  const headers: CloudFrontHeaders = {};
  const all = {
    host: originHost,
    via: "2.0 2afae0d44e2540f472c0635ab62c232b.cloudfront.net (CloudFront)",
    "x-forwarded-for": "203.0.113.178",
    ...parts.headers,
  };
  for (const [name, value] of Object.entries(all)) {
    headers[name.toLowerCase()] = [value].flat().map((line) => ({ key: name, value: line }));
  }
  return {
    Records: [
      {
        cf: {
          config: {
            distributionDomainName: "d111111abcdef8.cloudfront.net",
            distributionId: "EDFDVBD6EXAMPLE",
            eventType: "origin-request",
            requestId: "request-1",
          },
          request: {
            clientIp: "203.0.113.178",
            method,
            uri,
            querystring,
            headers,
            body: {
              action: "read-only",
              data: Buffer.from(body).toString("base64"),
              encoding: "base64",
              inputTruncated,
            },
            origin: {
              custom: {
                customHeaders: {},
                domainName: originHost,
                keepaliveTimeout: 5,
                path: originPath,
                port: 443,
                protocol: "https",
                readTimeout: 30,
                sslProtocols: ["TLSv1.2"],
              },
            },
          },
        },
      },
    ],
  };
}
