import { expect, test } from "vitest";

import { functionAt, functionUrlRegion } from "./function-url-hosts.ts";
import { graphUnderTest, resourceNames } from "../../../../test/graph-under-test.ts";

const id = "0123456789abcdef0123456789abcdef";

test("a host tells the region of its Function URL, and nothing else is one", () => {
  expect(functionUrlRegion(`${id}.lambda-url.eu-central-1.on.aws`)).toBe("eu-central-1");
  expect(functionUrlRegion(`${id}.lambda-url.us-gov-west-1.on.aws`)).toBe("us-gov-west-1");
});

test.each([
  "placeholder.sst.dev",
  `${id}.lambda-url.eu-central-1.on.aws.evil.example`,
  `evil.${id}.lambda-url.eu-central-1.on.aws`,
  `${id}.lambda-url.eu-central-1.on.aws:8443`,
  `${id}0.lambda-url.eu-central-1.on.aws`,
  `${id}.lambda-url.evil.example/.eu-central-1.on.aws`,
  undefined,
  7,
])("%s is no Function URL", (host) => {
  expect(functionUrlRegion(host)).toBe(undefined);
});

test("a function is found by the host of its URL", () => {
  const host = "ea4cd32856fcd59055d919770d415bf5.lambda-url.eu-central-1.on.aws";
  expect(functionAt(graphUnderTest(), host)?.name).toBe(resourceNames.api);
  expect(functionAt(graphUnderTest(), `${id}.lambda-url.eu-central-1.on.aws`)).toBe(undefined);
  const changes = { [resourceNames.apiUrl]: { functionName: "another" } };
  expect(functionAt(graphUnderTest({ changes }), host)).toBe(undefined);
});
