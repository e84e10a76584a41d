import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { startStack, type builtFromSource, type CodeSource } from "@sst-gatehouse/local/stack";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { runSuite } from "../support/child-run.ts";
import { startCommand } from "../support/command.ts";
import { copyRepository, type RepositoryCopy } from "../support/repository-copy.ts";
import type { Target } from "../support/target.ts";
import { sample } from "../sample/sample.ts";
import { builtOnce } from "./built.ts";

interface Mutation {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Tests of one file, by their titles. */
interface Notice {
  readonly file: string;
  readonly fails: string;
  /** Shows that the chain runs, so that the failure is the fault's. */
  readonly holds: string;
}

const noSignature: Notice = {
  file: "tokens",
  fails: "an ID token, with Hello, world!",
  holds: "no token at all, with a bare challenge",
};

/**
 * Faults that AWS would show. Each is put into a copy of the sources, whose stack must then fail the acceptance suite: a
 * local stack that is too kind would let them pass.
 */
const faults: [what: string, mutation: Mutation, notice: Notice][] = [
  [
    "the edge role lacks lambda:InvokeFunction",
    {
      file: "packages/blueprint/src/aws/edge-role.ts",
      from: 'Action: "lambda:InvokeFunction",',
      to: 'Action: "lambda:GetFunction",',
    },
    noSignature,
  ],
  [
    "the edge role lacks lambda:InvokeFunctionUrl",
    {
      file: "packages/blueprint/src/aws/edge-role.ts",
      from: 'Action: "lambda:InvokeFunctionUrl",',
      to: 'Action: "lambda:GetFunction",',
    },
    noSignature,
  ],
  [
    "via is signed, which CloudFront changes afterwards",
    {
      file: "packages/core/src/sigv4/signer.ts",
      from: "  traceHeader,\n];",
      to: '  traceHeader,\n  "via",\n];',
    },
    noSignature,
  ],
  [
    "the app's scheme goes along in a header that CloudFront takes from no function",
    {
      file: "packages/edge/src/guard.ts",
      from: "    headers[originHeader] = [origin];",
      to: '    headers[originHeader] = [origin];\n    headers["x-forwarded-proto"] = ["https"];',
    },
    noSignature,
  ],
  [
    "the region comes from AWS_REGION",
    {
      file: "packages/core/src/sigv4/signer.ts",
      from: "const region = api?.region ?? regionAt(request.host);",
      to: 'const region = api?.region ?? process.env["AWS_REGION"] ?? "";',
    },
    noSignature,
  ],
  [
    "the body is hashed as text",
    {
      file: "packages/core/src/sigv4/signer.ts",
      from: 'return hash("sha256", bytes);',
      to: 'return hash("sha256", Buffer.from(bytes).toString("utf8"));',
    },
    {
      file: "backend",
      fails: "every byte of a binary body",
      holds: "a body that is sent in chunks, without a length",
    },
  ],
  [
    "a changed Content-Length is returned",
    {
      file: "packages/edge/src/http/cloudfront.ts",
      from: "return { ...original, headers, uri: signed.path, querystring: signed.query };",
      to: 'return { ...original, headers: { ...headers, "content-length": [{ key: "Content-Length", value: "1" }] }, uri: signed.path, querystring: signed.query };',
    },
    noSignature,
  ],
  [
    "the verifier believes every client of the pool",
    {
      file: "packages/edge/src/trust/current-verifier.ts",
      from: "clients: clientIds.clients()",
      to: "clients: null",
    },
    {
      file: "tokens",
      fails: "another client of the pool",
      holds: "so that the refusals below mean something",
    },
  ],
  [
    "the backend believes any role's caller header",
    {
      file: "packages/backend/src/edge-principal.ts",
      from: "account === role.account && name === role.name",
      to: "account === role.account",
    },
    {
      file: "function-url",
      fails: "a service with permission is let in as an IAM caller, whatever headers it sends",
      holds: "a stranger with a good signature gets Forbidden",
    },
  ],
  [
    "the callback takes the tokens of another sign-in",
    {
      file: "packages/edge/src/session/callback.ts",
      from: 'if (unverifiedClaim(idToken, "nonce") !== nonce) throw wrongTokens();',
      to: "",
    },
    {
      file: "sessions",
      fails: "with a swapped nonce is refused",
      holds: "with a replayed code is refused",
    },
  ],
  [
    "another site may post with a browser's session",
    {
      file: "packages/edge/src/session/open-session.ts",
      from: 'if (verdict === "refuse") throw crossSite();',
      to: "",
    },
    {
      file: "sessions",
      fails: "a form of another site",
      holds: "is nobody's without cookies",
    },
  ],
  [
    "a browser is sent wherever return_to says",
    {
      file: "packages/edge/src/session/return-path.ts",
      from: "export function isReturnPath(text: string): boolean {",
      to: 'export function isReturnPath(text: string): boolean {\n  if (text !== "") return true;',
    },
    {
      file: "sessions",
      fails: "is refused at the sign-in and at the sign-out",
      holds: "by another site's form is refused",
    },
  ],
];

let copy: RepositoryCopy;
beforeAll(() => {
  copy = copyRepository();
});
afterAll(() => copy.remove());

/** The copy's stack, or this process's with that one of guard and backend in which the fault is. */
async function startMutated(
  file: string,
): Promise<{ readonly target: Target; stop(): Promise<unknown> }> {
  if (file.startsWith("packages/blueprint/")) return startCommand(copy.root);
  const stack = await startStack({
    project: sample,
    codeSource: file.startsWith("packages/backend/") ? backendOfCopy : guardOfCopy,
    port: 0,
    explain: () => undefined,
  });
  return { target: stack.outputs, stop: () => stack.close() };
}

const load = createRequire(import.meta.url);

const backendOfCopy: CodeSource = (into) => {
  const source: { readonly builtFromSource: typeof builtFromSource } = load(
    join(copy.root, "packages/local/src/code/code-source.ts"),
  );
  const backends = { api: { handler: "packages/functions/src/lambda.handler" } };
  return source.builtFromSource(copy.root)({ ...into, gate: { ...sample.gate, backends } });
};

const guardOfCopy: CodeSource = async (into) => {
  const bundles = await builtOnce(into);
  const source: { guardCode(root: string, into: string, reads: Set<string>): Promise<void> } = load(
    join(copy.root, "packages/local/src/code/guard-code.ts"),
  );
  await source.guardCode(copy.root, into.edge, new Set());
  return bundles;
};

describe.each(faults)("when %s", (_what, { file, from, to }, notice) => {
  test("the acceptance suite fails", async () => {
    const path = join(copy.root, file);
    const source = readFileSync(path, "utf8");
    expect(source).toContain(from);
    writeFileSync(path, source.replace(from, to));
    onTestFinished(() => writeFileSync(path, source));
    const stack = await startMutated(file);
    try {
      const titles = [notice.fails, notice.holds];
      const { code, failed, passed, output } = await runSuite(stack.target, [notice.file], titles);
      const others = failed.filter((title) => !title.includes(notice.fails));
      const holds = passed.some((title) => title.includes(notice.holds));
      expect({ code, noticed: failed.length > others.length, others, holds, output }).toEqual({
        code: 1,
        noticed: true,
        others: [],
        holds: true,
        output: expect.any(String),
      });
    } finally {
      await stack.stop();
    }
  });
});
