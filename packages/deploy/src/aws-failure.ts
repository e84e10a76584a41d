import { CommandError } from "./command.ts";

/**
 * Says in one or two sentences why a call to AWS failed and what to do. AWS's own words are repeated only where they
 * cannot hold a credential: about a wrong signature it repeats the session token, and a credential process that fails
 * may have printed its secrets.
 */
export function explainAwsFailure(error: unknown): string {
  if (!(error instanceof Error)) return "the call to AWS failed.";
  const name = printable(error.name);
  if (/^(CredentialsProviderError|TokenProviderError|ProviderError)$/.test(name)) {
    return /\bSSO\b/i.test(error.message)
      ? "the sign-in to AWS has expired. Run `aws sso login` with your profile, and try again."
      : "no AWS credentials were found. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws sso login`.";
  }
  if (/^(ExpiredToken(Exception)?|RequestExpired)$/.test(name)) {
    return "the AWS credentials have expired. Get new ones (`aws sso login`, or the way you got these), and try again.";
  }
  if (rejectedCredentials.has(name)) {
    return `AWS does not know these credentials (${name}). Check AWS_PROFILE and the AWS_… variables, and that this machine's clock is right.`;
  }
  if (/^AccessDenied(Exception)?$/.test(name)) return explainDenial(error.message);
  if (/^(Throttling(Exception)?|TooManyRequests(Exception)?|RequestLimitExceeded)$/.test(name))
    return "AWS is throttling calls from this account. Try again in a minute.";
  const code = networkCodeOf(error);
  if (code !== undefined) {
    return `AWS could not be reached (${code}). Check the network, and AWS_ENDPOINT_URL… if you have set one.`;
  }
  if (quotable.has(name))
    return `AWS says ${name}: ${printable(error.message).replace(/\.+$/, "")}.`;
  return `AWS answered ${name}${requestIdOf(error)}.`;
}

const rejectedCredentials = new Set([
  "IncompleteSignature",
  "IncompleteSignatureException",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
]);

/** Errors about names and values that the person who runs the command has given, or about AWS's own state. */
const quotable = new Set([
  "AliasExistsException",
  "InvalidParameterException",
  "InvalidParameterValueException",
  "InvalidPasswordException",
  "LimitExceededException",
  "ResourceConflictException",
  "ResourceNotFoundException",
  "UserLambdaValidationException",
  "UserNotFoundException",
  "UsernameExistsException",
  "ValidationException",
]);

function explainDenial(message: string): string {
  const [, who, action, resource] =
    /^User: (arn:[\w:+=,.@/-]{1,200}) is not authorized to perform: ([\w-]{1,40}:\w{1,60})(?: on resource: (arn:[\w:+=,.@/*-]{1,300}))?/.exec(
      message,
    ) ?? [];
  if (who === undefined || action === undefined) {
    return "these AWS credentials are not allowed to do that. Use others (AWS_PROFILE), or have the permission added.";
  }
  const on = resource === undefined ? "" : ` on ${resource}`;
  return `${who} may not ${action}${on}. Use other credentials (AWS_PROFILE), or have the permission added.`;
}

const networkCodes =
  /^(E(AI_AGAIN|CONNREFUSED|CONNRESET|HOSTUNREACH|NETUNREACH|NOTFOUND|PIPE|PROTO|TIMEDOUT)|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/;

/** Why there was no answer at all; `undefined` when there was one. */
function networkCodeOf(error: Error): string | undefined {
  if (error.name === "TimeoutError" || error.name === "AbortError") return "no answer in time";
  const code = "code" in error ? String(error.code) : "";
  return networkCodes.test(code) ? code : undefined;
}

function requestIdOf(error: Error): string {
  if (!("$metadata" in error)) return "";
  const metadata = error.$metadata;
  if (typeof metadata !== "object" || metadata === null || !("requestId" in metadata)) return "";
  return ` (request ${printable(String(metadata.requestId))})`;
}

/** One line of plain characters: an answer must not move a terminal's cursor. */
function printable(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e]+/g, " ")
    .trim()
    .slice(0, 300);
}

/** @throws {CommandError} (rejects) when the call fails: what could not be done, and why. */
export async function orCommandError<T>(failure: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw new CommandError(`${failure}: ${explainAwsFailure(error)}`, { cause: error });
  }
}
