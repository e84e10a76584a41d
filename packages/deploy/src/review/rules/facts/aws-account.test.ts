import { expect, test } from "vitest";

import { accountOf } from "./aws-account.ts";
import { resource } from "../../../../test/graph-under-test.ts";

const withArn = (arn: string) => resource("aws:x", "A", {}, { outputs: { arn } });

test("an ARN names partition and account, with or without a region", () => {
  expect(accountOf(withArn("arn:aws:lambda:eu-central-1:123456789012:function:a"))).toEqual({
    partition: "aws",
    id: "123456789012",
  });
  expect(accountOf(withArn("arn:aws-us-gov:iam::123456789012:role/a"))).toEqual({
    partition: "aws-us-gov",
    id: "123456789012",
  });
});

test.each(["arn:aws:s3:::bucket", "arn:aws:iam::12345678901:role/a", "x"])(
  "%s names no account",
  (arn) => {
    expect(() => accountOf(withArn(arn))).toThrow(`${arn} does not name an account`);
  },
);
