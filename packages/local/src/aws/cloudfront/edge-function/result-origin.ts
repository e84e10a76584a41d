import { isIP } from "node:net";
import { isDeepStrictEqual } from "node:util";

import { origin as bucket } from "@sst-gatehouse/blueprint/cache-behavior";
import { isRecord, type JsonRecord } from "@sst-gatehouse/blueprint/is-record";

import type { EdgeBucket, EdgeOrigin } from "./edge-event.ts";
import type { HeaderLine } from "../header-lines.ts";
import { awsSentences, InvalidEdgeResult, ownSentences } from "./invalid-edge-result.ts";
import { isDeniedAsCustomHeader } from "../restricted-headers.ts";
import { parseResultHeaders } from "./result-headers.ts";

/** The origin that a result asks for. */
export interface ResultOrigin extends Omit<EdgeOrigin, "customHeaders"> {
  readonly customHeaders: readonly HeaderLine[];
}

/**
 * How many custom headers an origin may have, and how long they may be, in characters.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-custom-headers
 */
const customHeaderLimits = { count: 30, name: 256, value: 1783, all: 10_240 };

type Rule = (value: unknown) => boolean;

const isText = (value: unknown): value is string => typeof value === "string";
const isBetween = (value: unknown, least: number, most: number): boolean =>
  typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;

/** AWS's quotas have grown (120 seconds and more); these are the ranges of the page that describes the event. */
const rules: Readonly<Record<Exclude<keyof EdgeOrigin, "customHeaders">, Rule>> = {
  domainName: (value) =>
    isText(value) &&
    value.length <= 253 &&
    /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(value) &&
    isIP(value) === 0,
  keepaliveTimeout: (value) => isBetween(value, 1, 60),
  path: (value) =>
    value === "" ||
    (isText(value) &&
      value.length <= 255 &&
      /^\/[\x21-\x7e]*[^/\s]$/.test(value) &&
      !/[?#]/.test(value)),
  port: (value) => value === 80 || value === 443 || isBetween(value, 1024, 65_535),
  protocol: (value) => value === "http" || value === "https",
  readTimeout: (value) => isBetween(value, 4, 60),
  sslProtocols: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((name) => ["TLSv1.2", "TLSv1.1", "TLSv1", "SSLv3"].includes(String(name))),
};

/**
 * The `origin` of a returned request.
 *
 * @param before the event's own; a field that is unchanged is fine whatever it holds.
 * @throws {InvalidEdgeResult} for anything but one complete `custom` origin.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html#lambda-event-structure-request-origin
 */
export function parseResultOrigin(origin: unknown, before: EdgeOrigin): ResultOrigin {
  if (!isRecord(origin) || Object.keys(origin).length !== 1 || !isRecord(origin["custom"])) {
    throw new InvalidEdgeResult(
      ownSentences.originField,
      "origin must hold exactly one of custom and s3, and only custom exists here",
    );
  }
  const custom = origin["custom"];
  for (const name of new Set([...Object.keys(custom), ...Object.keys(before)])) {
    if (name !== "customHeaders" && !isValidField(name, custom, before)) {
      throw new InvalidEdgeResult(
        ownSentences.originField,
        `origin.custom.${name} is not valid, missing or unknown`,
      );
    }
  }
  const customHeaders = parseResultHeaders(custom["customHeaders"]);
  const denied = customHeaders.find(([key]) => isDeniedAsCustomHeader(key.toLowerCase()));
  if (denied !== undefined) {
    throw new InvalidEdgeResult(
      awsSentences.origin,
      `${denied[0]} cannot be a custom header of an origin`,
    );
  }
  refuseLargeCustomHeaders(customHeaders);
  // Every field was checked by the table above, or is the event's own.
  return { ...before, ...custom, customHeaders };
}

/**
 * The `origin` of a returned request for a bucket. CloudFront lets a function name another one; this stand-in has one
 * bucket, and takes it unchanged.
 *
 * @throws {InvalidEdgeResult} for any other origin.
 */
export function parseBucketOrigin(origin: unknown, before: EdgeBucket): ResultOrigin {
  if (!isDeepStrictEqual(origin, { s3: before })) {
    throw new InvalidEdgeResult(
      ownSentences.originField,
      "origin.s3 was changed, and only the bucket that the request was for exists here",
    );
  }
  const { domainName, path } = before;
  const { readTimeoutSeconds, keepaliveTimeoutSeconds, protocol, port, sslProtocols } = bucket;
  return {
    domainName,
    path,
    port,
    protocol,
    sslProtocols,
    readTimeout: readTimeoutSeconds,
    keepaliveTimeout: keepaliveTimeoutSeconds,
    customHeaders: [],
  };
}

function refuseLargeCustomHeaders(lines: readonly HeaderLine[]): void {
  const names = lines.map(([key]) => key.length);
  const values = lines.map(([, value]) => value.length);
  const total = [...names, ...values].reduce((sum, length) => sum + length, 0);
  const { count, name, value, all } = customHeaderLimits;
  const measures: readonly [found: number, limit: number, what: string][] = [
    [lines.length, count, "custom headers"],
    [Math.max(0, ...names), name, "characters in the name of a custom header"],
    [Math.max(0, ...values), value, "characters in the value of a custom header"],
    [total, all, "characters in the names and values of its custom headers"],
  ];
  for (const [found, limit, what] of measures) {
    if (found > limit) {
      throw new InvalidEdgeResult(
        awsSentences.origin,
        `the returned origin has ${found} ${what}; CloudFront takes at most ${limit}`,
      );
    }
  }
}

function isValidField(name: string, custom: JsonRecord, before: EdgeOrigin): boolean {
  if (!isRuled(name)) return false;
  return JSON.stringify(custom[name]) === JSON.stringify(before[name]) || rules[name](custom[name]);
}

function isRuled(name: string): name is keyof typeof rules {
  return Object.hasOwn(rules, name);
}
