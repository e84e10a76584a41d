import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { runSuite } from "../support/child-run.ts";
import { startCommand } from "../support/command.ts";
import { copyRepository } from "../support/repository-copy.ts";

interface Mutation {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Faults that AWS would show. Each is put into a copy of the sources, whose stack must then fail the acceptance suite: a
 * local stack that is too kind would let them pass.
 */
const faults: [what: string, mutation: Mutation, failing: RegExp, part?: readonly string[]][] = [
  [
    "the edge role lacks lambda:InvokeFunction",
    {
      file: "packages/blueprint/src/aws/edge-role.ts",
      from: 'Action: "lambda:InvokeFunction",',
      to: 'Action: "lambda:GetFunction",',
    },
    /an ID token, with Hello, world!/,
  ],
  [
    "the edge role lacks lambda:InvokeFunctionUrl",
    {
      file: "packages/blueprint/src/aws/edge-role.ts",
      from: 'Action: "lambda:InvokeFunctionUrl",',
      to: 'Action: "lambda:GetFunction",',
    },
    /an ID token, with Hello, world!/,
  ],
  [
    "via is signed, which CloudFront changes afterwards",
    {
      file: "packages/core/src/sigv4/signer.ts",
      from: "const identityHeaders = [callerHeader, tokenHeader];",
      to: 'const identityHeaders = [callerHeader, tokenHeader, "via"];',
    },
    /an ID token, with Hello, world!/,
  ],
  [
    "the region comes from AWS_REGION",
    {
      file: "packages/core/src/sigv4/signer.ts",
      from: "const region = api?.region ?? regionOf(request.host);",
      to: 'const region = api?.region ?? process.env["AWS_REGION"] ?? "";',
    },
    /an ID token, with Hello, world!/,
  ],
  [
    "the body is hashed as text",
    {
      file: "packages/core/src/sigv4/signer.ts",
      from: "hash.update(bytes);",
      to: 'hash.update(Buffer.from(Buffer.from(bytes).toString("utf8")));',
    },
    /every byte of a binary body/,
  ],
  [
    "a changed Content-Length is returned",
    {
      file: "packages/edge/src/http/cloudfront.ts",
      from: "return { ...original, headers, querystring: signed.query };",
      to: 'return { ...original, headers: { ...headers, "content-length": [{ key: "Content-Length", value: "1" }] }, querystring: signed.query };',
    },
    /an ID token, with Hello, world!/,
  ],
  [
    "the verifier believes every client of the pool",
    {
      file: "packages/edge/src/trust/current-verifier.ts",
      from: "clients: settings.clients()",
      to: "clients: null",
    },
    /another client of the pool/,
  ],
  [
    "the backend believes any role's caller header",
    {
      file: "packages/backend/src/edge-principal.ts",
      from: "account === role.account && name === role.name",
      to: "account === role.account",
    },
    /a service with permission is let in as an IAM caller/,
  ],
  [
    "the callback takes the tokens of another sign-in",
    {
      file: "packages/edge/src/session/callback.ts",
      from: 'if (unverifiedClaim(idToken, "nonce") !== nonce) throw wrongTokens();',
      to: "",
    },
    /with a swapped nonce is refused/,
    ["sessions"],
  ],
  [
    "another site may post with a browser's session",
    {
      file: "packages/edge/src/session/open-session.ts",
      from: 'if (carrier === "refuse") throw crossSite();',
      to: "",
    },
    /a form of another site/,
    ["sessions"],
  ],
  [
    "a browser is sent wherever return_to says",
    {
      file: "packages/edge/src/session/return-path.ts",
      from: "export function isReturnPath(text: string): boolean {",
      to: 'export function isReturnPath(text: string): boolean {\n  if (text !== "") return true;',
    },
    /is refused at the sign-in and at the sign-out/,
    ["sessions"],
  ],
];

/** The part of the suite that needs nothing but the stack itself. */
const mostly = ["tokens", "function-url", "backend"];

describe.each(faults)("when %s", (_what, { file, from, to }, failing, files = mostly) => {
  test("the acceptance suite fails", async () => {
    const copy = copyRepository();
    const path = join(copy.root, file);
    const source = readFileSync(path, "utf8");
    expect(source).toContain(from);
    writeFileSync(path, source.replace(from, to));
    const stack = await startCommand(copy.root);
    try {
      const { code, output } = await runSuite(stack.target, files);
      expect(code).toBe(1);
      expect(output).toMatch(failing);
    } finally {
      await stack.stop();
      copy.remove();
    }
  });
});
