import { AwsError } from "../../json-api/json-service.ts";

const maxUrls = 100;
const maxUrlLength = 1024;

/**
 * Refuses what Cognito would not register: relative addresses, fragments, and http for anything but this machine.
 * `http://*.localhost` is this machine too; Cognito itself takes `http://localhost` only.
 *
 * @throws {AwsError} InvalidParameterException
 */
export function requireRegistrableUrls(urls: readonly string[]): void {
  if (urls.length > maxUrls)
    throw new AwsError("InvalidParameterException", `At most ${maxUrls} URLs can be registered.`);
  for (const text of urls) {
    const url = text.length <= maxUrlLength && URL.canParse(text) ? new URL(text) : undefined;
    const thisMachine = /^(localhost|127\.0\.0\.1|\[::1\]|.+\.localhost)$/;
    if (
      !url ||
      /[^\x21-\x7e]|#/.test(text) ||
      (url.protocol === "http:" && !thisMachine.test(url.hostname))
    ) {
      throw new AwsError(
        "InvalidParameterException",
        `${text} cannot be registered as a callback or sign-out URL.`,
      );
    }
  }
}
