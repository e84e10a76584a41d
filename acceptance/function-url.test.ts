import { beforeAll, describe, expect, test } from "vitest";

import { send, signedForFunctionUrl, type Sent } from "./support/client.ts";
import { needs } from "./support/requirements.ts";
import { loadTarget, type Target } from "./support/target.ts";

let target: Target;
beforeAll(() => {
  target = loadTarget();
});

const forbidden = {
  Message:
    "Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
};
const unsigned = { Message: "Forbidden" };
const wrongSignature = {
  message:
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
};

const call = (who: "edge" | "service" | "stranger", sent: Sent = {}): Sent =>
  signedForFunctionUrl(target, target.credentials[who], sent);

describe("straight at the Function URL", () => {
  test("a plain GET gets AWS's 403", async () => {
    const answer = await send(target.functionUrl);
    expect(answer.status).toBe(403);
    expect(answer.json()).toEqual(unsigned);
    expect(answer.header("x-amzn-errortype")).toBe("AccessDeniedException");
  });

  test("a bearer token opens nothing", async () => {
    const answer = await send(target.functionUrl, {
      headers: { authorization: `Bearer ${target.tokens.id}` },
    });
    expect(answer.status).toBe(403);
  });

  test("a Function URL that does not exist is a 403 without a message", async () => {
    const { protocol, port } = new URL(target.functionUrl);
    const host = `${"a".repeat(32)}.lambda-url.${target.region}.on.aws`;
    const answer = await send(`${protocol}//${host}${port === "" ? "" : `:${port}`}`);
    expect(answer.status).toBe(403);
    expect(answer.text()).toBe('{"Message":null}');
    expect(answer.header("x-amzn-errortype")).toBe("AccessDeniedException");
  });

  test("takes its real name as Host with and without the port", async () => {
    const { hostname, host } = new URL(target.functionUrl);
    for (const name of [hostname, host]) {
      const answer = await send(target.functionUrl, { headers: { host: name } });
      expect(answer.json()).toEqual(unsigned);
    }
  });
});

describe("straight at the Function URL, signed", () => {
  needs("roles");

  test("a service with permission is let in as an IAM caller, whatever headers it sends", async () => {
    const caller = Buffer.from(
      JSON.stringify({ kind: "user", sub: "x", username: "root", groups: ["admin"], scopes: [] }),
    ).toString("base64url");
    const answer = await send(
      target.functionUrl,
      call("service", { path: "/me", headers: { "x-gatehouse-caller": caller } }),
    );
    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({
      kind: "service",
      arn: expect.stringMatching(/^arn:aws:sts::\d{12}:assumed-role\/[\w-]+-service\/[\w.-]+$/),
    });
  });

  test("a service is not admitted where the rules do not list it", async () => {
    const answer = await send(target.functionUrl, call("service", { path: "/admin/things" }));
    expect(answer.status).toBe(403);
    expect(answer.json()["code"]).toBe("access_denied");
  });

  test("a stranger with a good signature gets Forbidden", async () => {
    const answer = await send(target.functionUrl, call("stranger"));
    expect(answer.status).toBe(403);
    expect(answer.json()).toEqual(forbidden);
  });

  test("the edge role without a caller header is a fault, never an anonymous caller", async () => {
    expect((await send(target.functionUrl, call("edge", { path: "/public/health" }))).status).toBe(
      500,
    );
  });

  const changes: [what: string, sent: Sent, change: (sent: Sent) => Sent][] = [
    [
      "one byte of the body",
      { method: "POST", path: "/files", body: "hello" },
      (sent) => ({ ...sent, body: "hellp" }),
    ],
    ["the path", { path: "/echo/a" }, (sent) => ({ ...sent, path: "/echo/b" })],
    ["the query", { path: "/echo?a=1" }, (sent) => ({ ...sent, path: "/echo?a=2" })],
    ["the method", { path: "/echo" }, (sent) => ({ ...sent, method: "DELETE" })],
    [
      "a signed header",
      { path: "/echo", headers: { "x-amz-meta": "1" } },
      (sent) => ({ ...sent, headers: { ...sent.headers, "x-amz-meta": "2" } }),
    ],
  ];
  test.each(changes)(
    "%s changed after signing is a wrong signature",
    async (_what, sent, change) => {
      const signed = call("service", sent);
      expect((await send(target.functionUrl, signed)).status).toBe(200);
      const answer = await send(target.functionUrl, change(signed));
      expect(answer.status).toBe(403);
      expect(answer.json()).toEqual(wrongSignature);
      expect(answer.header("x-amzn-errortype")).toBe("InvalidSignatureException");
    },
  );

  test("a signature for another region or service says so, as AWS does", async () => {
    const region = await send(
      target.functionUrl,
      signedForFunctionUrl(target, target.credentials.service, {}, { region: target.edgeRegion }),
    );
    expect(region.status).toBe(403);
    expect(region.json()["message"]).toBe("Credential should be scoped to a valid region. ");
    const service = await send(
      target.functionUrl,
      signedForFunctionUrl(target, target.credentials.service, {}, { service: "execute-api" }),
    );
    expect(service.json()["message"]).toBe(
      "Credential should be scoped to correct service: 'lambda'. ",
    );
  });
});
