import { expect, test } from "vitest";

import { cleanEnvironment, type Wanted } from "./clean-environment.ts";

const job: Wanted = {
  path: ["/project/bin"],
  network: false,
  environment: { TMPDIR: "/scratch" },
};

const machine = {
  PATH: "/usr/bin:/bin",
  HOME: "/home/jane",
  AWS_ACCESS_KEY_ID: "AKIAREAL",
  AWS_SECRET_ACCESS_KEY: "real",
  AWS_SESSION_TOKEN: "real",
  AWS_PROFILE: "production",
  AWS_WEB_IDENTITY_TOKEN_FILE: "/token",
  AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.2/",
  SST_STAGE: "production",
  NODE_OPTIONS: "--require=/x.cjs",
  GITHUB_TOKEN: "real",
  npm_config_registry: "https://registry.example",
  HTTPS_PROXY: "http://proxy.example",
  no_proxy: "localhost",
  NODE_EXTRA_CA_CERTS: "/ca.pem",
};

const quiet = {
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
  NO_BUN: "1",
  SST_SKIP_DEPENDENCY_CHECK: "1",
  SST_TELEMETRY_DISABLED: "1",
  NO_COLOR: "1",
  TERM: "dumb",
  TMPDIR: "/scratch",
};

test("passes on PATH and HOME, and nothing else that was there", () => {
  expect(cleanEnvironment(machine, job)).toEqual({
    ...quiet,
    PATH: "/project/bin:/usr/bin:/bin",
    HOME: "/home/jane",
  });
});

test("passes on the way to the network for a job that needs it, but no account", () => {
  expect(cleanEnvironment(machine, { ...job, network: true })).toEqual({
    ...quiet,
    PATH: "/project/bin:/usr/bin:/bin",
    HOME: "/home/jane",
    npm_config_registry: "https://registry.example",
    HTTPS_PROXY: "http://proxy.example",
    no_proxy: "localhost",
    NODE_EXTRA_CA_CERTS: "/ca.pem",
  });
});

test("lets the job have the last word", () => {
  const environment = { HOME: "/scratch", AWS_ACCESS_KEY_ID: "evaluation" };
  expect(cleanEnvironment({ HOME: "/home/jane" }, { ...job, environment })).toMatchObject({
    PATH: "/project/bin",
    HOME: "/scratch",
    AWS_ACCESS_KEY_ID: "evaluation",
  });
});
