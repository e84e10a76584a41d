import { execFileSync } from "node:child_process";

import { beforeAll, beforeEach, describe, expect, test } from "vitest";

import { needs } from "./support/requirements.ts";
import { loadTarget, type Target } from "./support/target.ts";

/** curl signs with SigV4 since 7.75. */
const canSign = supports("--aws-sigv4");

describe("curl, straight at the Function URL", () => {
  let target: Target;
  beforeAll(() => {
    target = loadTarget();
  });
  needs("roles");
  beforeEach(({ skip }) => skip(!canSign, "curl is missing, or too old to sign with --aws-sigv4"));

  /** The line of the README, with the credentials of one role. */
  function curl(who: "service" | "stranger", path: string, ...more: readonly string[]): string {
    const { accessKeyId, secretAccessKey, sessionToken } = target.credentials[who];
    return execFileSync(
      "curl",
      [
        "--silent",
        `${target.functionUrl}${path}`,
        "--connect-to",
        "::127.0.0.1:",
        "--aws-sigv4",
        `aws:amz:${target.region}:lambda`,
        "--user",
        `${accessKeyId}:${secretAccessKey}`,
        "--header",
        `x-amz-security-token: ${sessionToken}`,
        ...more,
      ],
      { encoding: "utf8" },
    );
  }

  test("as a service is an IAM caller", () => {
    expect(JSON.parse(curl("service", "/me"))).toEqual({
      kind: "service",
      arn: expect.stringMatching(/^arn:aws:sts::\d{12}:assumed-role\/[\w-]+-service\/[\w.-]+$/),
    });
  });

  test("as a stranger is forbidden", () => {
    expect(curl("stranger", "/me")).toMatch(/^\{"Message":"Forbidden\. /);
  });

  test("sends a body that arrives whole", () => {
    const answer = curl(
      "service",
      "/files",
      "--data-binary",
      "hello",
      "--header",
      "content-type: text/plain",
    );
    expect(JSON.parse(answer)).toEqual({
      sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
      bytes: 5,
    });
  });
});

function supports(option: string): boolean {
  try {
    return execFileSync("curl", ["--help", "all"], { encoding: "utf8" }).includes(option);
  } catch {
    return false;
  }
}
