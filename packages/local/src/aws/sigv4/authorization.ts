import { createHash } from "node:crypto";

/** An `Authorization` header that has the form of SigV4; nothing in it is verified. */
export interface Authorization {
  readonly algorithm: string;
  /** `<access key id>/<yyyymmdd>/<region>/<service>/aws4_request`, when well formed. */
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** AWS's own words about a header that cannot be read, and which part it is about. */
export interface AuthorizationFault {
  readonly message: string;
  readonly reason: string;
}

/**
 * Splits an `Authorization` header into its parts.
 *
 * @param hasDate whether the request has an `x-amz-date`; AWS complains about a missing one in the same breath.
 */
export function parseAuthorization(
  header: string,
  hasDate: boolean,
): Authorization | AuthorizationFault {
  const space = header.indexOf(" ");
  const algorithm = space < 0 ? header : header.slice(0, space);
  const parameters = new Map<string, string>();
  const pairs =
    space < 0
      ? []
      : header
          .slice(space + 1)
          .split(",")
          .map((pair) => pair.trim())
          .filter((pair) => pair !== "");
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 0) {
      return {
        message: `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hashed(header)}'.`,
        reason: `the Authorization header is not SigV4 (its scheme is ${schemeOf(algorithm)}); a bearer token has no meaning to IAM`,
      };
    }
    const name = pair.slice(0, equals);
    if (parameters.has(name))
      return fault(header, "the Authorization header has two parameters with the same name");
    parameters.set(name, pair.slice(equals + 1));
  }
  const missing = ["Credential", "Signature", "SignedHeaders"].filter(
    (name) => !parameters.get(name),
  );
  if (missing.length > 0 || !hasDate) {
    const sentences = missing.map((name) => `Authorization header requires '${name}' parameter. `);
    if (!hasDate)
      sentences.push(
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
      );
    const absent = [
      ...missing.map((name) => `${name} in Authorization`),
      ...(hasDate ? [] : ["the x-amz-date header"]),
    ];
    return fault(header, `missing: ${absent.join(", ")}`, sentences.join(""));
  }
  return {
    algorithm,
    credential: parameters.get("Credential") ?? "",
    signedHeaders: (parameters.get("SignedHeaders") ?? "").split(";"),
    signature: parameters.get("Signature") ?? "",
  };
}

function fault(header: string, reason: string, sentences = ""): AuthorizationFault {
  return {
    message: `${sentences}(Hashed with SHA-256 and encoded with Base64) Authorization=${hashed(header)}`,
    reason,
  };
}

function hashed(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

/** The scheme when it is a well-known one; anything else may be a secret in the wrong place. */
function schemeOf(word: string): string {
  return /^(AWS4-HMAC-SHA256|Basic|Bearer|Digest|Negotiate)$/i.test(word)
    ? word
    : "not one known here";
}
