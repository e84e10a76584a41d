import { ApolloClient, gql, InMemoryCache } from "@apollo/client";
import { HttpLink } from "@apollo/client/link/http";
import UploadHttpLink from "apollo-upload-client/UploadHttpLink.mjs";
import { expect, test } from "vitest";

import { playedGate, seededBytes, sha256 } from "./gate";

const gate = playedGate();

function client(link: "json" | "get" | "upload") {
  const options = { uri: `${gate.current.url}/graphql`, fetch: gate.current.call };
  return new ApolloClient({
    cache: new InMemoryCache(),
    link:
      link === "upload"
        ? new UploadHttpLink({ ...options, headers: { "apollo-require-preflight": "true" } })
        : new HttpLink({ ...options, useGETForQueries: link === "get" }),
  });
}

const hello = gql`
  query Hello($name: String!) {
    whoami
    hello(name: $name)
  }
`;

test.each(["json", "get"] as const)("queries as the caller, by %s", async (link) => {
  const { data } = await client(link).query({
    query: hello,
    variables: { name: "Zoë & [co] 100%" },
  });
  expect(data).toEqual({ whoami: "alice", hello: "Hello, Zoë & [co] 100%!" });
});

test("uploads a file of more than CloudFront shows the guard", async () => {
  const bytes = seededBytes(1_500_000);
  const upload = gql`
    mutation Upload($file: File!) {
      upload(file: $file)
    }
  `;
  const { data } = await client("upload").mutate({
    mutation: upload,
    variables: { file: new File([bytes], "photo.bin") },
  });
  expect(data).toEqual({ upload: `photo.bin ${sha256(bytes)}` });
});

test("a subscription streams", async () => {
  const answer = await gate.current.call(`${gate.current.url}/graphql`, {
    method: "POST",
    headers: { accept: "text/event-stream", "content-type": "application/json" },
    body: JSON.stringify({ query: "subscription { ticks(n: 3) }" }),
  });
  const text = await answer.text();
  expect(text.match(/"ticks":\d/g)).toEqual(['"ticks":0', '"ticks":1', '"ticks":2']);
});
