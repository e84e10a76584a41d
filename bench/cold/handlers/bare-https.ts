import { createPublicKey, hash, type JsonWebKey } from "node:crypto";
import type { OutgoingHttpHeaders } from "node:http";
import https from "node:https";

import { credentials } from "../../credentials.ts";
import { createOneShotSigner, readyToken, verifyBare, type ReadyRequest } from "../../floors.ts";
import type { EdgeAnswer, EdgeEvent } from "../../scenario.ts";

const {
  settings,
}: {
  readonly settings: { readonly region: string; readonly prefix: string };
} = require("./settings.json");

/** What a guard without keys and client ids cannot do without: one call to Parameter Store, one RSA check, two signatures. */
export async function handler(event: EdgeEvent): Promise<EdgeAnswer> {
  const request = event.Records[0]?.cf.request;
  if (request === undefined) throw new TypeError("there is no request");
  const parameters = await loadParameters();
  const token = request.headers["authorization"]?.[0]?.value.slice("Bearer ".length) ?? "";
  if (!isAccepted(token, parameters)) return { status: "401" };

  const host = request.headers["host"]?.[0]?.value ?? "";
  const signed = signedHeaders("lambda", {
    method: request.method,
    path: request.uri,
    headers: { host },
  });
  const lines = Object.entries(signed).map(([name, value]) => [name, [{ key: name, value }]]);
  return { ...request, headers: { ...request.headers, ...Object.fromEntries(lines) } };
}

function isAccepted(token: string, parameters: ReadonlyMap<string, string>): boolean {
  const [header = "", payload = ""] = token.split(".");
  const { kid }: { kid: string } = JSON.parse(decode(header));
  const { aud, exp }: { aud: string; exp: number } = JSON.parse(decode(payload));
  if (aud !== parameters.get("clients/web") || exp * 1000 <= Date.now()) return false;
  const { keys }: { keys: (JsonWebKey & { kid: string })[] } = JSON.parse(
    parameters.get("jwks") ?? "",
  );
  const jwk = keys.find((key) => key.kid === kid);
  return (
    jwk !== undefined && verifyBare(readyToken(token), createPublicKey({ key: jwk, format: "jwk" }))
  );
}

async function loadParameters(): Promise<ReadonlyMap<string, string>> {
  const host = `ssm.${settings.region}.amazonaws.com`;
  const names = ["clients/web", "jwks"].map((name) => `${settings.prefix}/${name}`);
  const body = JSON.stringify({ Names: names });
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    host,
    "x-amz-target": "AmazonSSM.GetParameters",
  };
  const answer = await post(
    host,
    signedHeaders("ssm", { method: "POST", path: "/", headers, body }),
    body,
  );
  const { Parameters }: { Parameters: { Name: string; Value: string }[] } = JSON.parse(answer);
  return new Map(
    Parameters.map(({ Name, Value }) => [Name.slice(settings.prefix.length + 1), Value]),
  );
}

function post(host: string, headers: OutgoingHttpHeaders, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = https.request({ host, method: "POST", path: "/", headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error("refused")),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

function signedHeaders(
  service: string,
  {
    method,
    path,
    headers,
    body = "",
  }: { method: string; path: string; headers: Record<string, string>; body?: string },
): Record<string, string> {
  const timestamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const sign = createOneShotSigner({
    ...credentials,
    region: settings.region,
    service,
    date: timestamp.slice(0, 8),
  });
  const payloadHash = hash("sha256", body);
  const all = {
    ...headers,
    "x-amz-content-sha256": payloadHash,
    "x-amz-date": timestamp,
    "x-amz-security-token": credentials.sessionToken,
  };
  const sorted: ReadyRequest["headers"] = Object.entries(all).toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return { ...all, authorization: sign({ method, path, headers: sorted, payloadHash, timestamp }) };
}

function decode(part: string): string {
  return Buffer.from(part, "base64url").toString();
}
