import { GuardError } from "@sst-gatehouse/core/errors";
import type { HttpHeaders } from "@sst-gatehouse/core/http-request";

/** Lambda takes 6 MB of event, and the body is in it. */
const maxEventBytes = 6_291_456;

/** What becomes base64 grows by a third. */
const maxBase64BodyBytes = (maxEventBytes / 4) * 3;

/**
 * Types that arrive as text, and those that may: of `+json` and `+xml` nobody has said, and what might fit is not refused.
 * Everything else, and a body without a type, arrives as base64.
 */
const mayBeText =
  /^\s*(?:text\/|application\/(?:(?:json|javascript|xml)\s*(?:;|$)|[\w.-]+\+(?:json|xml)\b))/i;

/**
 * Refuses a body that no event can hold, by the length that is announced, before it is uploaded. A little less than that
 * may still be too much: the rest of the event counts, too, and then it is Lambda that refuses.
 *
 * @throws {GuardError} `body_too_large`
 */
export function requireBodyFits(headers: HttpHeaders): void {
  const announced = Number(headers["content-length"]?.[0] ?? 0);
  if (!(announced > maxBase64BodyBytes)) return;
  const isText = mayBeText.test(headers["content-type"]?.[0] ?? "");
  if (isText && announced <= maxEventBytes) return;
  const most = isText ? maxEventBytes : maxBase64BodyBytes;
  throw new GuardError(
    "body_too_large",
    `The body is larger than the ${most} bytes that Lambda accepts ${isText ? "of text" : "of this content type, which reaches it as base64"}. Send it in parts.`,
  );
}
