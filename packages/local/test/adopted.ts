import type { Adopted } from "../src/stack/adopted.ts";

/** Names and stages of no real app. There is no code: whoever needs some brings it. */
export const adopted: Adopted = {
  app: { name: "orders", region: "eu-west-1" },
  stages: { default: {}, local: { implicitGrant: true } },
  accessFile: "/there/is/no/access.ts",
  backendEntry: "/there/is/no/lambda.ts",
};
