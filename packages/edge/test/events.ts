import type { GuardSettings } from "@sst-gatehouse/blueprint/guard-settings";
import { guardSettings, host } from "@sst-gatehouse/blueprint/test/guard-settings";
import type { CloudFrontHeaders, CloudFrontOrigin, CloudFrontRequestEvent } from "aws-lambda";

export {
  accessKey,
  guardSettings,
  host,
  idKey,
  issuer,
  updatedIssuer,
  machineClient,
  webClient,
} from "@sst-gatehouse/blueprint/test/guard-settings";

/** The settings of a stage that gives people scopes. */
export function givingPeople(...peopleScopes: readonly string[]): GuardSettings {
  const { signIn } = guardSettings;
  return { ...guardSettings, ...(signIn && { signIn: { ...signIn, peopleScopes } }) };
}

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
  /** A bucket for an origin, in place of a Function URL. */
  readonly bucketHost?: string;
  /** What the front door was asked for; CloudFront's own name when left out. */
  readonly distributionDomainName?: string;
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
    bucketHost,
    distributionDomainName = "d111111abcdef8.cloudfront.net",
  } = parts;
  const headers: CloudFrontHeaders = {};
  const all = {
    host: bucketHost ?? originHost,
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
            distributionDomainName,
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
            origin: bucketHost
              ? bucketOrigin(bucketHost, originPath)
              : {
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

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html */
function bucketOrigin(domainName: string, path: string): CloudFrontOrigin {
  return {
    s3: {
      authMethod: "none",
      customHeaders: {},
      domainName,
      path,
    },
  };
}
