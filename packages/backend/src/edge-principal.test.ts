import { expect, test } from "vitest";

import { isEdgePrincipal } from "./edge-principal.ts";

const role = { account: "111122223333", name: "gatehouse-dev-guard" };

test.each([
  "arn:aws:sts::111122223333:assumed-role/gatehouse-dev-guard/us-east-1.gatehouse-dev-guard",
  "arn:aws-cn:sts::111122223333:assumed-role/gatehouse-dev-guard/x",
  "arn:aws-us-gov:sts::111122223333:assumed-role/gatehouse-dev-guard/x",
])("believes %s", (arn) => {
  expect(isEdgePrincipal(arn, role)).toBe(true);
});

const hostile: [why: string, arn: string][] = [
  [
    "a session named like the role",
    "arn:aws:sts::111122223333:assumed-role/other/gatehouse-dev-guard",
  ],
  [
    "a session that holds the role's path",
    "arn:aws:sts::111122223333:assumed-role/other/assumed-role/gatehouse-dev-guard/x",
  ],
  [
    "a role whose name begins like it",
    "arn:aws:sts::111122223333:assumed-role/gatehouse-dev-guardX/x",
  ],
  [
    "a role whose name ends like it",
    "arn:aws:sts::111122223333:assumed-role/my-gatehouse-dev-guard/x",
  ],
  ["a role with a path", "arn:aws:sts::111122223333:assumed-role/team/gatehouse-dev-guard/x"],
  [
    "the role's name in other letters",
    "arn:aws:sts::111122223333:assumed-role/Gatehouse-Dev-Guard/x",
  ],
  ["another account", "arn:aws:sts::111122223334:assumed-role/gatehouse-dev-guard/x"],
  [
    "an account with one digit more",
    "arn:aws:sts::1111222233330:assumed-role/gatehouse-dev-guard/x",
  ],
  ["no account", "arn:aws:sts:::assumed-role/gatehouse-dev-guard/x"],
  ["another partition", "arn:aws-iso:sts::111122223333:assumed-role/gatehouse-dev-guard/x"],
  ["an empty partition", "arn::sts::111122223333:assumed-role/gatehouse-dev-guard/x"],
  ["the role itself, as IAM names it", "arn:aws:iam::111122223333:role/gatehouse-dev-guard"],
  [
    "an IAM ARN with an STS resource",
    "arn:aws:iam::111122223333:assumed-role/gatehouse-dev-guard/x",
  ],
  ["a user of that name", "arn:aws:iam::111122223333:user/gatehouse-dev-guard/x"],
  ["the account's root", "arn:aws:iam::111122223333:root"],
  ["a federated user", "arn:aws:sts::111122223333:federated-user/gatehouse-dev-guard/x"],
  ["no session", "arn:aws:sts::111122223333:assumed-role/gatehouse-dev-guard"],
  ["something below the session", "arn:aws:sts::111122223333:assumed-role/gatehouse-dev-guard/x/y"],
  ["an empty session", "arn:aws:sts::111122223333:assumed-role/gatehouse-dev-guard/"],
  ["a region", "arn:aws:sts:us-east-1:111122223333:assumed-role/gatehouse-dev-guard/x"],
  ["something before", " arn:aws:sts::111122223333:assumed-role/gatehouse-dev-guard/x"],
  ["something behind", "arn:aws:sts::111122223333:assumed-role/gatehouse-dev-guard/x:y"],
  ["nothing", ""],
];

test.each(hostile)("does not believe %s", (_why, arn) => {
  expect(isEdgePrincipal(arn, role)).toBe(false);
});
