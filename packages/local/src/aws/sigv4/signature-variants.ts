import { withoutSecrets } from "../without-secrets.ts";
import { canonicalPath, canonicalQuery, splitPair } from "./canonical-request.ts";
import { percentDecode, percentEncode, sha256Hex } from "../wire-text.ts";
import type { CanonicalParts } from "./canonical-request.ts";
import { splitTarget } from "./signed-request.ts";
import type { HeaderLines, SignedRequest } from "./signed-request.ts";

/** One thing a signer may have done differently. */
export interface Variant {
  readonly claim: string;
  readonly parts?: Partial<CanonicalParts>;
  readonly region?: string;
  readonly service?: string;
}

/** The body that has this hash, in words, when it is one that signers are known to hash by mistake. */
export function bodyWithHash(hash: string, body: Buffer): string | undefined {
  return mistakenHashes(body).find(([, candidate]) => candidate === hash)?.[0];
}

/** What signers are known to do differently, each as the parts that would have come of it. */
export function signatureVariants(
  request: SignedRequest,
  lines: HeaderLines,
  parts: CanonicalParts,
): Variant[] {
  return [
    ...headerVariants(lines, parts),
    ...targetVariants(request.target),
    ...mistakenHashes(request.body).map(([what, payloadHash]) => ({
      claim: `it would be right if the body were hashed as ${what}`,
      parts: { payloadHash },
    })),
    ...(["GET", "HEAD"].includes(parts.method) ? ["GET", "HEAD"] : [])
      .filter((method) => method !== parts.method)
      .map((method) => ({
        claim: `it would be right for the method ${method}`,
        parts: { method },
      })),
    ...["us-east-1", "us-east-2", "us-west-2", "eu-central-1", "eu-west-1"].map((region) => ({
      claim: `it would be right with the region ${region} in the signing key`,
      region,
    })),
    ...["execute-api", "lambda-url", "lambda", "s3", "ssm", "cognito-idp"].map((service) => ({
      claim: `it would be right with the service ${service} in the signing key`,
      service,
    })),
  ];
}

function headerVariants(lines: HeaderLines, { headers }: CanonicalParts): Variant[] {
  const withValue = (name: string, value: string) => ({
    headers: headers.map((header): readonly [string, string] =>
      header[0] === name ? [name, value] : header,
    ),
  });
  return headers.flatMap(([name, value]): Variant[] => {
    const values = lines.get(name) ?? [];
    const claim = (what: string) => wouldBeRightIf(`\`${withoutSecrets(name)}\` ${what}`);
    const elements = value.split(",");
    return [
      {
        claim: claim("were not signed"),
        parts: { headers: headers.filter((header) => header[0] !== name) },
      },
      { claim: claim("were empty: something filled it after signing"), parts: withValue(name, "") },
      {
        claim: claim(
          "kept its spaces as sent: trim the value and collapse each run of spaces to one",
        ),
        parts: withValue(name, values.join(",")),
      },
      {
        claim: claim("did not have its last element: a proxy added it after signing"),
        parts: withValue(name, elements.slice(0, -1).join(",")),
      },
      ...(values.length > 1
        ? [
            {
              claim: claim("came once, with its first value: join all of them with a comma"),
              parts: withValue(name, values[0] ?? ""),
            },
            {
              claim: claim("came once, with its last value: join all of them with a comma"),
              parts: withValue(name, values.at(-1) ?? ""),
            },
          ]
        : []),
      ...(name === "host"
        ? [
            {
              claim: claim("had no port: sign the Host header as it is sent"),
              parts: withValue(name, value.replace(/:\d+$/, "")),
            },
          ]
        : []),
    ];
  });
}

function targetVariants(target: string): Variant[] {
  const { path, query } = splitTarget(target);
  const pairs = query === "" ? [] : query.split("&").map(splitPair);
  const encodedAgain = pairs.map(
    ({ name, value }) => `${percentEncode(name)}=${percentEncode(value)}`,
  );
  return [
    {
      claim: wouldBeRightIf(
        "the path were encoded once: Lambda wants the path from the wire encoded again",
      ),
      parts: { path },
    },
    {
      claim: wouldBeRightIf(
        "the path were decoded before it is encoded: Lambda wants the path from the wire encoded again",
      ),
      parts: {
        path: path
          .split("/")
          .map((segment) => percentEncode(percentDecode(segment)))
          .join("/"),
      },
    },
    {
      claim: wouldBeRightIf(
        "slashes and dot segments stayed as sent: signers for Lambda resolve them",
      ),
      parts: { path: path.split("/").map(percentEncode).join("/") },
    },
    { claim: wouldBeRightIf("there were no query: sign it as well"), parts: { query: "" } },
    {
      claim: wouldBeRightIf(
        "the query were signed as sent: it must be canonical (encoded by RFC 3986, sorted)",
      ),
      parts: { query },
    },
    {
      claim: wouldBeRightIf("the query were canonical but unsorted: sort by name, then by value"),
      parts: {
        query: pairs.map(({ name, value }) => canonicalQuery(`${name}=${value}`)).join("&"),
      },
    },
    {
      claim: wouldBeRightIf(
        "`+` in the query stood for itself: it is a space; send %2B for a plus",
      ),
      parts: { query: canonicalQuery(query.replaceAll("+", "%2B")) },
    },
    {
      claim: wouldBeRightIf("the query were encoded twice: give the signer decoded values"),
      parts: { query: encodedAgain.toSorted().join("&") },
    },
    {
      claim: wouldBeRightIf("the query were part of the path: give them to the signer separately"),
      parts: { path: canonicalPath(target), query: "" },
    },
  ];
}

function wouldBeRightIf(what: string): string {
  return `it would be right if ${what}`;
}

function mistakenHashes(body: Buffer): [what: string, hash: string][] {
  const candidates: [string, string][] = [
    ["an empty body", sha256Hex("")],
    ["UNSIGNED-PAYLOAD, which Lambda does not accept", "UNSIGNED-PAYLOAD"],
    [
      "UTF-8 text: its bytes were decoded and encoded again on the way",
      sha256Hex(body.toString("utf8")),
    ],
    ["Latin-1 text sent as UTF-8", sha256Hex(body.toString("latin1"))],
    ["its base64 text", sha256Hex(body.toString("base64"))],
    ["its first 1 MB: the edge sees no more of it", sha256Hex(body.subarray(0, 1_048_576))],
  ];
  const own = sha256Hex(body);
  return candidates.filter(([, hash]) => hash !== own);
}
