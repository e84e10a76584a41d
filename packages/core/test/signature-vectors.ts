import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

import type { Signed, SigningContext } from "@sst-gatehouse/testkit/sigv4-by-the-rules";

/** A request of `vectors/sigv4` and what has to come out of it. For tests. */
export interface SignatureCase {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** One entry a line, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
  readonly context: SigningContext & { readonly sessionToken?: string };
  /** The path is resolved and encoded once more. Not so for S3. */
  readonly normalize: boolean;
  readonly expected: Signed;
}

export interface BotocoreCase extends SignatureCase {
  /** The Authorization value in the suite's signed request. */
  readonly sentAuthorization: string;
}

const home = new URL("../vectors/sigv4/", import.meta.url);

/** The 38 cases of AWS's own suite, signed in a header. */
export function awsCAuthCases(): SignatureCase[] {
  return caseNames("aws-c-auth-v4", "header-signature.txt").map(readAwsCAuth);
}

/** The 34 cases of AWS's older suite. */
export function botocoreCases(): BotocoreCase[] {
  return caseNames("aws-sig-v4-test-suite-botocore", ".authz").map(readBotocore);
}

/** The folders of a set, at any depth, that hold a file ending so. */
function caseNames(set: string, ending: string): string[] {
  return readdirSync(new URL(`${set}/`, home), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(ending))
    .map((path) => path.slice(0, path.lastIndexOf("/")))
    .toSorted();
}

function readText(path: string): string {
  return readFileSync(new URL(path, home), "utf8");
}

function readAwsCAuth(name: string): SignatureCase {
  const text = (file: string): string => readText(`aws-c-auth-v4/${name}/${file}.txt`);
  const context: {
    credentials: { access_key_id: string; secret_access_key: string; token?: string };
    region: string;
    service: string;
    timestamp: string;
    normalize: boolean;
    sign_body: boolean;
    omit_session_token?: boolean;
  } = JSON.parse(readText(`aws-c-auth-v4/${name}/context.json`));
  const request = parseRequest(text("request"));
  const timestamp = context.timestamp.replaceAll(/[-:]/g, "");
  const { token } = context.credentials;
  const signedToken = context.omit_session_token === true ? undefined : token;
  const added: [string, string][] = [["x-amz-date", timestamp]];
  if (signedToken !== undefined) added.push(["x-amz-security-token", signedToken]);
  if (context.sign_body)
    added.push(["x-amz-content-sha256", createHash("sha256").update(request.body).digest("hex")]);
  return {
    ...request,
    name,
    headers: [...request.headers, ...added],
    context: {
      accessKeyId: context.credentials.access_key_id,
      secretAccessKey: context.credentials.secret_access_key,
      ...(signedToken === undefined ? {} : { sessionToken: signedToken }),
      region: context.region,
      service: context.service,
      timestamp,
    },
    normalize: context.normalize,
    expected: {
      canonicalRequest: text("header-canonical-request"),
      stringToSign: text("header-string-to-sign"),
      signature: text("header-signature"),
      authorization: authorizationIn(text("header-signed-request")),
    },
  };
}

function readBotocore(name: string): BotocoreCase {
  const text = (extension: string): string =>
    readText(
      `aws-sig-v4-test-suite-botocore/${name}/${name.slice(name.lastIndexOf("/") + 1)}.${extension}`,
    );
  const request = parseRequest(text("req"));
  // The one case whose token is in the credentials and not yet in the request.
  const token =
    name === "get-vanilla-with-session-token"
      ? /^X-Amz-Security-Token:(.*)$/im.exec(text("sreq"))?.[1]
      : undefined;
  return {
    ...request,
    name,
    headers: [
      ...request.headers,
      ...(token === undefined ? [] : [["X-Amz-Security-Token", token] as const]),
    ],
    context: {
      accessKeyId: "AKIDEXAMPLE",
      secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      region: "us-east-1",
      service: "service",
      timestamp: "20150830T123600Z",
    },
    normalize: true,
    expected: {
      canonicalRequest: text("creq"),
      stringToSign: text("sts"),
      signature: signatureOf(text("authz")),
      authorization: text("authz"),
    },
    sentAuthorization: authorizationIn(text("sreq")),
  };
}

/** The 38 cases made for Gatehouse. */
export function derivedCases(): SignatureCase[] {
  interface DerivedCase {
    name: string;
    request: {
      method: string;
      path: string;
      query: string;
      headers: [string, string][];
      body_base64: string;
    };
    context: {
      access_key_id: string;
      secret_access_key: string;
      session_token: string | null;
      region: string;
      service: string;
      timestamp: string;
    };
    expected: {
      canonical_request: string;
      string_to_sign: string;
      signature: string;
      authorization: string;
    };
  }
  const { cases }: { cases: DerivedCase[] } = JSON.parse(readText("derived-lambda/cases.json"));
  return cases.map(({ name, request, context, expected }) => ({
    name,
    method: request.method,
    path: request.path,
    query: request.query,
    headers: request.headers,
    body: Buffer.from(request.body_base64, "base64"),
    context: {
      accessKeyId: context.access_key_id,
      secretAccessKey: context.secret_access_key,
      ...(context.session_token === null ? {} : { sessionToken: context.session_token }),
      region: context.region,
      service: context.service,
      timestamp: context.timestamp,
    },
    normalize: true,
    expected: {
      canonicalRequest: expected.canonical_request,
      stringToSign: expected.string_to_sign,
      signature: expected.signature,
      authorization: expected.authorization,
    },
  }));
}

/** Reads a request as the suites write it: raw text in the target, folded header lines, no line break at the end. */
function parseRequest(
  text: string,
): Pick<SignatureCase, "method" | "path" | "query" | "headers" | "body"> {
  const end = text.indexOf("\n\n");
  const head = (end === -1 ? text : text.slice(0, end)).trimEnd().split("\n");
  const [, method = "", target = ""] = /^(\S+) (.*) HTTP\/1\.1$/.exec(head[0] ?? "") ?? [];
  const mark = target.indexOf("?");
  const headers: [string, string][] = [];
  for (const line of head.slice(1)) {
    const last = headers.at(-1);
    if (/^\s/.test(line) && last !== undefined) last[1] += `\n${line}`;
    else headers.push([line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]);
  }
  return {
    method,
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? "" : target.slice(mark + 1),
    headers,
    body: Buffer.from(end === -1 ? "" : text.slice(end + 2)),
  };
}

function authorizationIn(request: string): string {
  return /^Authorization: ?(.*)$/m.exec(request)?.[1] ?? "";
}

/** The signature in an Authorization value. */
export function signatureOf(authorization: string): string {
  return /Signature=([0-9a-f]{64})$/.exec(authorization)?.[1] ?? "";
}
