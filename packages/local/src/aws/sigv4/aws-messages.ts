import { withoutSecrets } from "../without-secrets.ts";
import type { Authorization } from "./authorization.ts";

/**
 * AWS's own sentences about signatures, so that a client sees here what it would see there. Stricter in one thing: where
 * AWS repeats what was sent, a word that may be a secret appears as a hash.
 */
export const signatureMismatch =
  "The request signature we calculated does not match the signature you provided. " +
  "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

export const invalidToken = "The security token included in the request is invalid.";

export const expiredToken = "The security token included in the request is expired";

export const bothKinds =
  "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.";

export function mustBeSigned(header: string): string {
  return `'${withoutSecrets(header)}' must be a 'SignedHeader' in the AWS Authorization.`;
}

export function badDate(value: string): string {
  return `Date must be in ISO-8601 'basic format'. Got '${withoutSecrets(value)}'. See http://en.wikipedia.org/wiki/ISO_8601`;
}

export function unsupportedAlgorithm({ algorithm }: Authorization): string {
  return `Unsupported AWS 'algorithm': '${withoutSecrets(algorithm)}' (only AWS4-HMAC-SHA256 for now). `;
}

export function badCredential({ credential }: Authorization): string {
  return `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${withoutSecrets(credential)}'`;
}

/** The window around AWS's clock, in seconds. */
export const maxSkewSeconds = 300;

/** @param date of the request and `now`, both in seconds since the epoch. @returns nothing when it is inside the window. */
export function outsideWindow(date: number, now: number): string | undefined {
  const minutes = maxSkewSeconds / 60;
  const [text, clock] = [basicFormat(date), basicFormat(now)];
  if (date < now - maxSkewSeconds) {
    return `Signature expired: ${text} is now earlier than ${basicFormat(now - maxSkewSeconds)} (${clock} - ${minutes} min.)`;
  }
  if (date > now + maxSkewSeconds) {
    return `Signature not yet current: ${text} is still later than ${basicFormat(now + maxSkewSeconds)} (${clock} + ${minutes} min.)`;
  }
  return undefined;
}

/** @param seconds since the epoch. @returns `yyyymmddThhmmssZ` */
export function basicFormat(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

/** @returns seconds since the epoch, or nothing when the text is not a moment written as `yyyymmddThhmmssZ`. */
export function parseBasicFormat(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const milliseconds = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(milliseconds) || basicFormat(milliseconds / 1000) !== text) return undefined;
  return milliseconds / 1000;
}

/** The parts of a `Credential`. */
export interface Scope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
}

/** What AWS says about a scope that is not the service's own; empty when it fits. Sentences come in AWS's order. */
export function scopeFaults(
  scope: Scope,
  expected: { region: string; service: string; datetime: string },
): string {
  const sentences: string[] = [];
  if (scope.region !== expected.region)
    sentences.push("Credential should be scoped to a valid region. ");
  if (scope.service !== expected.service) {
    sentences.push(`Credential should be scoped to correct service: '${expected.service}'. `);
  }
  if (scope.terminator !== "aws4_request") {
    sentences.push(
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${withoutSecrets(scope.terminator)}'. `,
    );
  }
  const day = expected.datetime.slice(0, 8);
  if (scope.date !== day) {
    sentences.push(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${withoutSecrets(scope.date)}' != '${day}', from '${expected.datetime}'. `,
    );
  }
  return sentences.join("");
}
