import { expect, test } from "vitest";

import { explainAwsFailure, orCommandError } from "./aws-failure.ts";
import { CommandError } from "./command.ts";

function failure(name: string, message = "secret", more: object = {}): Error {
  return Object.assign(new Error(message), { name, ...more });
}

const who = "arn:aws:sts::123456789012:assumed-role/dev/carol@example.com";
const parameter = "arn:aws:ssm:eu-central-1:123456789012:parameter/gatehouse/gatehouse/dev/outputs";

test.each([
  [
    "no credentials",
    failure("CredentialsProviderError", "Could not load credentials from any providers"),
    "no AWS credentials were found. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws sso login`.",
  ],
  [
    "a credential process that printed a secret and failed",
    failure("CredentialsProviderError", "Command failed: get-key --password secret"),
    "no AWS credentials were found. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws sso login`.",
  ],
  [
    "an SSO session that is over",
    failure(
      "CredentialsProviderError",
      "The SSO session associated with this profile has expired.",
    ),
    "the sign-in to AWS has expired. Run `aws sso login` with your profile, and try again.",
  ],
  [
    "expired credentials",
    failure("ExpiredTokenException"),
    "the AWS credentials have expired. Get new ones (`aws sso login`, or the way you got these), and try again.",
  ],
  [
    "credentials of nobody",
    failure("UnrecognizedClientException"),
    "AWS does not know these credentials (UnrecognizedClientException). Check AWS_PROFILE and the AWS_… variables, and that this machine's clock is right.",
  ],
  [
    "a wrong signature, where AWS repeats what was signed",
    failure(
      "InvalidSignatureException",
      "The Canonical String should have been x-amz-security-token:secret",
    ),
    "AWS does not know these credentials (InvalidSignatureException). Check AWS_PROFILE and the AWS_… variables, and that this machine's clock is right.",
  ],
  [
    "a missing permission",
    failure(
      "AccessDeniedException",
      `User: ${who} is not authorized to perform: ssm:GetParameter on resource: ${parameter} because no identity-based policy allows it`,
    ),
    `${who} may not ssm:GetParameter on ${parameter}. Use other credentials (AWS_PROFILE), or have the permission added.`,
  ],
  [
    "a missing permission on everything",
    failure(
      "AccessDeniedException",
      `User: ${who} is not authorized to perform: lambda:ListFunctions because no identity-based policy allows it`,
    ),
    `${who} may not lambda:ListFunctions. Use other credentials (AWS_PROFILE), or have the permission added.`,
  ],
  [
    "a missing permission in other words",
    failure("AccessDenied", "no\u001b[2J"),
    "these AWS credentials are not allowed to do that. Use others (AWS_PROFILE), or have the permission added.",
  ],
  [
    "too many calls",
    failure("ThrottlingException"),
    "AWS is throttling calls from this account. Try again in a minute.",
  ],
  [
    "no network",
    failure("Error", "secret", { code: "ENOTFOUND" }),
    "AWS could not be reached (ENOTFOUND). Check the network, and AWS_ENDPOINT_URL… if you have set one.",
  ],
  [
    "no answer",
    failure("TimeoutError"),
    "AWS could not be reached (no answer in time). Check the network, and AWS_ENDPOINT_URL… if you have set one.",
  ],
  [
    "a value of the caller's",
    failure("InvalidPasswordException", "Password not long enough."),
    "AWS says InvalidPasswordException: Password not long enough.",
  ],
  [
    "a value that would move the cursor",
    failure("ValidationException", "\u001b[2Jgone\r\n"),
    "AWS says ValidationException: [2Jgone.",
  ],
  [
    "anything else, of which only the name is told",
    failure("NewException", "secret", { $metadata: { requestId: "0a1b" } }),
    "AWS answered NewException (request 0a1b).",
  ],
  ["something that is not an error", "secret", "the call to AWS failed."],
])("explains %s", (_what, error, explanation) => {
  expect(explainAwsFailure(error)).toBe(explanation);
});

test("says what could not be done", async () => {
  const call = orCommandError("The list cannot be read", Promise.reject(failure("ExpiredToken")));
  await expect(call).rejects.toThrow(CommandError);
  await expect(call).rejects.toThrow("The list cannot be read: the AWS credentials have expired.");
});
