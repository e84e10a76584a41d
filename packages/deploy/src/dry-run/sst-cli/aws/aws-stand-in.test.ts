import { createPublicKey } from "node:crypto";

import { beforeEach, describe, expect, onTestFinished, test } from "vitest";

import { startAwsStandIn, type AwsStandIn } from "./aws-stand-in.ts";

let aws: AwsStandIn;
beforeEach(async () => {
  aws = await startAwsStandIn();
  onTestFinished(() => aws.close());
});

/** Signed for a region, as every AWS SDK does it; nobody checks the signature. */
function headers(region: string, more: Record<string, string> = {}): Record<string, string> {
  const scope = `Credential=key/20300101/${region}/any/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`, ...more };
}

async function ask(target: string, input: object, region = "eu-west-1"): Promise<unknown> {
  const response = await fetch(aws.url, {
    method: "POST",
    headers: headers(region, { "x-amz-target": target }),
    body: JSON.stringify(input),
  });
  return { status: response.status, ...(await response.json()) };
}

test("listens on one address of this machine only", async () => {
  expect((await fetch(`${aws.url}/v2/apis`)).status).toBe(200);
  await expect(fetch(`${aws.url.replace("127.0.0.1", "127.0.0.2")}/v2/apis`)).rejects.toThrow(
    "fetch failed",
  );
});

describe("parameters", () => {
  test("says that SST has been set up in every region, with buckets of that region", async () => {
    const answer = await ask("AmazonSSM.GetParameter", { Name: "/sst/bootstrap" }, "us-east-1");
    expect(answer).toMatchObject({ status: 200, Parameter: { Name: "/sst/bootstrap" } });
    expect(JSON.stringify(answer)).toContain("sst-state-us-east-1");
    expect(JSON.stringify(answer)).toContain("sst-asset-us-east-1");
  });

  test("keeps what is put, in its region", async () => {
    await ask("AmazonSSM.PutParameter", { Name: "/a", Value: "x" });
    expect(await ask("AmazonSSM.GetParameter", { Name: "/a" })).toMatchObject({
      status: 200,
      Parameter: { Value: "x" },
    });
    expect(await ask("AmazonSSM.GetParameter", { Name: "/a" }, "us-east-1")).toMatchObject({
      status: 400,
      __type: "ParameterNotFound",
    });
  });
});

describe("objects", () => {
  const object = (init: {
    method: string;
    body?: string;
    headers?: Record<string, string>;
  }): Promise<Response> =>
    fetch(`${aws.url}/bucket/a%20b`, { ...init, headers: { ...headers("x"), ...init.headers } });

  test("keeps what is put until it is deleted", async () => {
    await object({ method: "PUT", body: "content" });
    expect(await (await fetch(`${aws.url}/bucket/a b`)).text()).toBe("content");
    expect((await object({ method: "DELETE" })).status).toBe(204);
    const gone = await object({ method: "GET" });
    expect([gone.status, await gone.text()]).toEqual([404, expect.stringContaining("NoSuchKey")]);
  });

  test("takes off the frames of a chunked body", async () => {
    await object({
      method: "PUT",
      headers: { "content-encoding": "aws-chunked" },
      body: "3;chunk-signature=x\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n",
    });
    expect(await (await object({ method: "GET" })).text()).toBe("abcde");
  });

  test("drops the connection over a chunked body that is not one", async () => {
    const put = object({
      method: "PUT",
      headers: { "content-encoding": "aws-chunked" },
      body: "zz\r\nabc",
    });
    await expect(put).rejects.toThrow("fetch failed");
  });

  test("lists nothing", async () => {
    const list = await fetch(`${aws.url}/bucket/?list-type=2&prefix=x`);
    expect(await list.text()).toBe(
      "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>",
    );
  });
});

test("publishes two public keys of 2048 bits for every user pool", async () => {
  const response = await fetch(`${aws.url}/eu-west-1_abcdefghi/.well-known/jwks.json`);
  const { keys } = await response.json();
  expect(keys).toHaveLength(2);
  for (const key of keys) {
    expect(Object.keys(key).toSorted()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
    expect(createPublicKey({ key, format: "jwk" }).asymmetricKeyDetails?.modulusLength).toBe(2048);
  }
});

test("has an event API for functions that run live", async () => {
  const [list, one] = await Promise.all([
    fetch(`${aws.url}/v2/apis`).then((response) => response.json()),
    fetch(`${aws.url}/v2/apis/sst`).then((response) => response.json()),
  ]);
  expect([list.apis[0].apiId, one.api.dns.REALTIME]).toEqual(["sst", "realtime.example"]);
});

test("refuses what it does not play, and remembers what it was", async () => {
  const response = await fetch(aws.url, {
    method: "POST",
    headers: { "x-amz-target": "DynamoDB_20120810.GetItem" },
  });
  expect(response.status).toBe(501);
  expect(aws.refused).toEqual(["POST / DynamoDB_20120810.GetItem"]);
});
