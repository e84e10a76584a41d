import { expect, test } from "vitest";

import { withoutAccount } from "./run-suite.ts";

test("gives the suite no account of AWS, by variables, files or the machine's network", () => {
  const env = {
    HOME: "/home/jane",
    AWS_ACCESS_KEY_ID: "AKIAREAL",
    AWS_PROFILE: "production",
    AWS_CONFIG_FILE: "/home/jane/config",
    AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.2/",
  };
  expect(withoutAccount(env)).toEqual({
    HOME: "/home/jane",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  });
});
