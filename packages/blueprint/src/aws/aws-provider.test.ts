import { expect, test } from "vitest";

import { awsProviderVersion, knowsSignInPages, rotationUnknownTo } from "./aws-provider.ts";

test.each(["5.99.9", "6.9.0", "6.66.2", "6.80.0"])(
  "%s knows no rotation, and says so",
  (version) => {
    expect(rotationUnknownTo(version)).toBe(
      `the AWS provider ${version} is older than 6.81 (version in app() of sst.config.ts)`,
    );
  },
);

test.each(["6.81.0", "6.100.0", "7.0.0", "7.12.0", "10.1.0", awsProviderVersion])(
  "%s knows rotation",
  (version) => {
    expect(rotationUnknownTo(version)).toBeUndefined();
  },
);

test("sign-in pages are known from 6.80 on", () => {
  expect(["6.66.2", "6.77.1", "6.80.0", awsProviderVersion, "7.0.0"].map(knowsSignInPages)).toEqual(
    [false, false, true, true, true],
  );
});
