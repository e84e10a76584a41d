import { connect } from "node:net";
import { networkInterfaces } from "node:os";

import { beforeAll, describe, expect, test } from "vitest";

import { callApi, send, viaApp } from "./support/client.ts";
import { createForge } from "./support/forge.ts";
import { needs } from "./support/requirements.ts";
import { loadTarget, type Target } from "./support/target.ts";
import { app } from "./sample/stages.ts";

let target: Target;
beforeAll(() => {
  target = loadTarget();
});

describe("the stack is for this machine only", () => {
  needs("machine");

  test("it cannot be reached by another address of the machine", async () => {
    const port = Number(new URL(target.appUrl).port);
    const others = Object.values(networkInterfaces()).flatMap((list) =>
      (list ?? [])
        .filter(({ internal, family }) => !internal && family === "IPv4")
        .map(({ address }) => address),
    );
    for (const address of [...others, "127.0.0.2"])
      expect(await reachable(address, port)).toBe(false);
    expect(await reachable("127.0.0.1", port)).toBe(true);
  });

  test.each([
    "evil.example",
    "app.localhost.evil.example",
    "app.localhost",
    "localhost:1",
    "",
    "x.app.localhost",
  ])("Host %j is answered 421", async (host) => {
    expect((await send(target.appUrl, { headers: { host } })).status).toBe(421);
  });

  test("an address as the request target is answered 421", async () => {
    expect((await send(target.appUrl, { path: "http://evil.example/" })).status).toBe(421);
  });
});

describe("the AWS APIs", () => {
  needs("roles");

  const put = (): Record<string, unknown> => ({
    Name: `/gatehouse/${app.name}/local/clients/web`,
    Value: "evil",
    Type: "String",
    Overwrite: true,
  });

  test("take no unsigned PutParameter", async () => {
    const answer = await callApi(target, "AmazonSSM.PutParameter", put(), "unsigned");
    expect(answer.status).toBe(400);
  });

  test("refuse the edge role everything but reading its own parameters", async () => {
    expect(
      (await callApi(target, "AmazonSSM.PutParameter", put(), target.credentials.edge)).json()[
        "__type"
      ],
    ).toContain("AccessDenied");
    const prefix = `/gatehouse/${app.name}/local`;
    const read = (operation: string, input: object) =>
      callApi(target, `AmazonSSM.${operation}`, input, target.credentials.edge);
    const own = await read("GetParameters", {
      Names: [`${prefix}/clients/web`, `${prefix}/revoked`],
    });
    expect(own.json<{ Parameters: object[] }>().Parameters).toHaveLength(2);
    for (const [operation, input] of [
      ["GetParametersByPath", { Path: prefix, Recursive: true, WithDecryption: true }],
      ["GetParameters", { Names: [`${prefix}/outputs`] }],
      ["GetParameters", { Names: ["/gatehouse/other/local/clients/web"] }],
      ["GetParameter", { Name: `${prefix}/web-client-secret`, WithDecryption: true }],
    ] as const)
      expect((await read(operation, input)).json()["__type"]).toContain("AccessDenied");
  });

  test("refuse a service and a stranger", async () => {
    for (const who of ["service", "stranger"] as const) {
      expect(
        (
          await callApi(
            target,
            "AWSCognitoIdentityProviderService.ListUsers",
            { UserPoolId: target.userPoolId },
            target.credentials[who],
          )
        ).status,
      ).toBe(400);
    }
  });

  test("let the administrator manage users", async () => {
    const answer = await callApi(target, "AWSCognitoIdentityProviderService.ListUsers", {
      UserPoolId: target.userPoolId,
    });
    expect(
      answer.json<{ Users: { Username: string }[] }>().Users.map(({ Username }) => Username),
    ).toEqual(expect.arrayContaining(["alice", "ada"]));
  });

  test("never send a CORS header, so no page can read them", async () => {
    const headers = { origin: "http://localhost:5173" };
    const api = await callApi(
      target,
      "AmazonSSM.GetParameter",
      { Name: "/x" },
      target.credentials.admin,
      headers,
    );
    expect(api.json()["__type"]).toContain("ParameterNotFound");
    for (const answer of [
      api,
      await send(target.endpoints.ssm, {
        method: "OPTIONS",
        headers: { ...headers, "access-control-request-method": "POST" },
      }),
    ]) {
      expect(answer.headers.filter(([name]) => name.startsWith("access-control-"))).toEqual([]);
    }
  });
});

describe("the key set", () => {
  test("has two keys, one per kind of token, and nothing private", async () => {
    const answer = await send(target.endpoints.cognitoIdp, {
      path: `/${target.userPoolId}/.well-known/jwks.json`,
    });
    const { keys } = answer.json<{ keys: Record<string, string>[] }>();
    expect(keys.map((key) => Object.keys(key).toSorted())).toEqual([
      ["alg", "e", "kid", "kty", "n", "use"],
      ["alg", "e", "kid", "kty", "n", "use"],
    ]);
    const { kids } = await createForge(target);
    expect(kids.id).not.toBe(kids.access);
    expect(new Set(keys.map(({ kid }) => kid))).toEqual(new Set([kids.id, kids.access]));
  });
});

describe("what CloudFront does before and after the guard", () => {
  test("GET with a body and methods it does not know are refused with its own page", async () => {
    const withBody = await viaApp(target, {
      body: "{}",
      headers: { "content-length": "2" },
      token: target.tokens.id,
    });
    expect(withBody.status).toBe(403);
    expect(withBody.header("x-cache")).toBe("Error from cloudfront");
    const propfind = await viaApp(target, { method: "PROPFIND", token: target.tokens.id });
    expect(propfind.status).toBe(403);
    expect(propfind.text()).toContain(
      "This distribution is not configured to allow the HTTP request method",
    );
  });

  test("a URL or headers over its limits never reach the guard", async () => {
    for (const sent of [
      { path: `/echo?x=${"a".repeat(8192)}`, token: target.tokens.id },
      { path: "/echo", headers: { "x-large": "a".repeat(21_000) } },
    ]) {
      const answer = await viaApp(target, sent);
      // An answer of the guard would be "LambdaGeneratedResponse from cloudfront".
      expect([answer.status, answer.header("x-cache")]).toEqual([413, "Error from cloudfront"]);
    }
  });
});

function reachable(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1000 });
    const done = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", () => done(true));
    socket.on("error", () => done(false));
    socket.on("timeout", () => done(false));
  });
}
