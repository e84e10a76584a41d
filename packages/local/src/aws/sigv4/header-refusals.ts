import { withoutSecrets } from "../without-secrets.ts";
import type { Authorization } from "./authorization.ts";
import {
  badDate,
  mustBeSigned,
  outsideWindow,
  parseBasicFormat,
  signatureMismatch,
  unsupportedAlgorithm,
} from "./aws-messages.ts";
import { incompleteSignature, invalidSignature } from "./signature-verdict.ts";
import type { Refusal } from "./signature-verdict.ts";
import type { HeaderLines } from "./signed-request.ts";

/** Why the request's date is refused; nothing when it is within five minutes of the stack's clock. */
export function dateRefusal(lines: HeaderLines, nowMs: number): Refusal | undefined {
  const [datetime = "", ...others] = lines.get("x-amz-date") ?? [];
  if (others.length > 0)
    return invalidSignature("the request has more than one x-amz-date", signatureMismatch);
  const seconds = parseBasicFormat(datetime);
  if (seconds === undefined) {
    return incompleteSignature(
      "x-amz-date does not have the form yyyymmddThhmmssZ",
      badDate(datetime),
    );
  }
  const message = outsideWindow(seconds, Math.floor(nowMs / 1000));
  return message === undefined ? undefined : invalidSignature(message, message);
}

/** Why the list of signed headers is refused: `host` and every `x-amz-*` header must be in it. */
export function signedHeadersRefusal(
  lines: HeaderLines,
  { signedHeaders, algorithm, ...rest }: Authorization,
): Refusal | undefined {
  const unsigned = (name: string) => lines.has(name) && !signedHeaders.includes(name);
  if (!signedHeaders.includes("host")) {
    return invalidSignature("`host` is not among the signed headers", mustBeSigned("Host"));
  }
  for (const name of lines.keys()) {
    // CloudFront adds x-amz-cf-id after everybody who could sign it.
    if (!name.startsWith("x-amz-") || name === "x-amz-cf-id") continue;
    if (unsigned(name))
      return invalidSignature(
        `\`${withoutSecrets(name)}\` is sent but not signed`,
        mustBeSigned(name),
      );
    if ((lines.get(name)?.length ?? 0) > 1) {
      return invalidSignature(
        `\`${withoutSecrets(name)}\` is sent more than once`,
        signatureMismatch,
      );
    }
  }
  const wellFormed = signedHeaders.every((name, index) => {
    const previous = signedHeaders[index - 1];
    return /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) && (previous === undefined || previous < name);
  });
  if (!wellFormed)
    return invalidSignature(
      "SignedHeaders is not a sorted list of lower-case names",
      signatureMismatch,
    );
  if (algorithm !== "AWS4-HMAC-SHA256") {
    return incompleteSignature(
      "the algorithm is not AWS4-HMAC-SHA256",
      unsupportedAlgorithm({ algorithm, signedHeaders, ...rest }),
    );
  }
  return undefined;
}
