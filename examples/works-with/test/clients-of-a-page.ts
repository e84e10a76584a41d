import { ApolloClient, gql, InMemoryCache } from "@apollo/client";
import { createTRPCClient, httpBatchStreamLink } from "@trpc/client";
import UploadHttpLink from "apollo-upload-client/UploadHttpLink.mjs";
import jsonServerProvider from "ra-data-json-server";
import { fetchUtils } from "ra-core";
import { Upload } from "tus-js-client";

import type { Router } from "../apps/trpc";

/** What a page of a front end on another origin does, with a bearer token. Each says what it got. */
export async function useClients(app: string, token: string): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${token}` };
  const trpc = createTRPCClient<Router>({
    links: [httpBatchStreamLink({ url: `${app}/trpc`, headers })],
  });
  const apollo = new ApolloClient({
    cache: new InMemoryCache(),
    link: new UploadHttpLink({
      uri: `${app}/graphql`,
      headers: { ...headers, "apollo-require-preflight": "true" },
    }),
  });
  const admin = jsonServerProvider(app, (url, options = {}) =>
    fetchUtils.fetchJson(url, {
      ...options,
      user: { authenticated: true, token: headers.authorization },
    }),
  );
  const tus = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const upload = new Upload(new Blob([new Uint8Array(2_000_000)]), {
        endpoint: `${app}/uploads`,
        headers,
        chunkSize: 900_000,
        retryDelays: null,
        onError: reject,
        onSuccess: () => resolve(`${upload.url?.startsWith(`${app}/uploads/`)}`),
      });
      upload.start();
    });
  const named = {
    trpc: async () => [await trpc.double.query(21), await trpc.save.mutate({ text: "abc" })],
    apollo: async () =>
      (
        await apollo.mutate({
          mutation: gql`
            mutation ($file: File!) {
              upload(file: $file)
            }
          `,
          variables: { file: new File(["abc"], "a.txt") },
        })
      ).data,
    admin: async () =>
      (
        await admin.getList("posts", {
          pagination: { page: 1, perPage: 3 },
          sort: { field: "id", order: "ASC" },
          filter: {},
        })
      ).total,
    tus,
  };
  const results: Record<string, unknown> = {};
  for (const [name, use] of Object.entries(named))
    results[name] = await use().catch((error: unknown) => `FAILED ${String(error)}`);
  return results;
}

Object.assign(globalThis, { useClients });
