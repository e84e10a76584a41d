import { expect, test } from "vitest";

import {
  createCimdPolicyCommand,
  deleteCimdPolicyCommand,
  updateCimdPolicyCommand,
} from "./cimd-policy.ts";
import { printOutputs } from "./outputs.ts";

const outputs = {
  appUrl: "https://d1.cloudfront.net",
  signInUrl: "https://d1.cloudfront.net/.auth/login",
  functionUrl: "https://abc.lambda-url.eu-central-1.on.aws",
  region: "eu-central-1",
  edgeRegion: "us-east-1",
  userPoolId: "eu-central-1_AbCdEfGhI",
  clients: { web: { id: "1web" }, spa: { id: "1spa" } },
  endpoints: {
    ssm: "https://ssm.eu-central-1.amazonaws.com",
    cognitoIdp: "https://cognito-idp.eu-central-1.amazonaws.com",
  },
};
const owner = {
  app: "gatehouse",
  stage: {
    name: "anna",
    cimdUrlPatterns: ["https://client.example/*", "https://other.example/client.json"],
  },
  outputs,
};
const patterns = "'https://client.example/*' https://other.example/client.json";
const pool = "--region eu-central-1 --user-pool-id eu-central-1_AbCdEfGhI";

test("the outputs of a stage that takes clients' documents end with the command that makes its policy", () => {
  const command = createCimdPolicyCommand(owner);
  expect(command).toBe(
    `aws cognito-idp create-cimd-policy ${pool} --client-id 1spa --policy-name gatehouse-anna --url-patterns ${patterns}`,
  );
  const text = printOutputs("anna", outputs, command);
  const plain = printOutputs("anna", outputs, undefined);
  expect(text).toBe(
    `${plain}\nClients by documents need this once, with a current AWS CLI\n  ${command}\n`,
  );
  expect(plain).toMatch(/\n {2}web {10}1web\n {2}spa {10}1spa\n$/);
});

test("there is none where the stage takes no documents, or no spa was deployed yet", () => {
  const none = { ...owner, stage: { name: "anna", cimdUrlPatterns: [] } };
  const before = { ...owner, outputs: { ...outputs, clients: { web: { id: "1web" } } } };
  expect([none, before].map(createCimdPolicyCommand)).toEqual([undefined, undefined]);
});

test("a policy's name has 32 characters at most, and its id is one word", () => {
  const long = { ...owner, stage: { ...owner.stage, name: "a".repeat(40) } };
  expect(createCimdPolicyCommand(long)).toContain(`--policy-name gatehouse-${"a".repeat(22)} `);
  expect(updateCimdPolicyCommand(owner, "x; y")).toBe(
    `aws cognito-idp update-cimd-policy ${pool} --cimd-policy-id 'x; y' --client-id 1spa --url-patterns ${patterns}`,
  );
  expect(deleteCimdPolicyCommand(owner, "policy1")).toBe(
    `aws cognito-idp delete-cimd-policy ${pool} --cimd-policy-id policy1`,
  );
});
