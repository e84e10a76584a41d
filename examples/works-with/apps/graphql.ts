import { createHash } from "node:crypto";

import { createSchema, createYoga } from "graphql-yoga";
import { Hono } from "hono";
import type { Caller } from "sst-gatehouse";
import type { AppEnv } from "sst-gatehouse/hono";

const yoga = createYoga<{ caller: Caller }>({
  graphqlEndpoint: "/graphql",
  landingPage: false,
  schema: createSchema({
    typeDefs: /* GraphQL */ `
      scalar File
      type Query {
        whoami: String!
        hello(name: String!): String!
      }
      type Mutation {
        upload(file: File!): String!
      }
      type Subscription {
        ticks(n: Int!): Int!
      }
    `,
    resolvers: {
      Query: {
        whoami: (_root, _args, { caller }: { caller: Caller }) =>
          caller.kind === "user" ? caller.username : caller.kind,
        hello: (_root, { name }: { name: string }) => `Hello, ${name}!`,
      },
      Mutation: {
        async upload(_root, { file }: { file: File }) {
          const hash = createHash("sha256").update(Buffer.from(await file.arrayBuffer()));
          return `${file.name} ${hash.digest("hex")}`;
        },
      },
      Subscription: {
        ticks: {
          async *subscribe(_root, { n }: { n: number }) {
            for (let tick = 0; tick < n; tick += 1) yield { ticks: tick };
          },
        },
      },
    },
  }),
});

export const graphql = new Hono<AppEnv>().all("/", (c) =>
  yoga.fetch(c.req.raw, { caller: c.get("caller") }),
);
