import { expect, test } from "vitest";

import { UsageError } from "../../command.ts";
import { parseRevocationRequest } from "./revocation-request.ts";

const user = { username: "ada", stage: "dev", disable: false };
test.each([
  ["ada --stage dev", user],
  ["ada --disable --stage dev", { ...user, disable: true }],
  ["ada", { ...user, stage: undefined }],
  ["Google_1234 --stage dev", { ...user, username: "Google_1234" }],
  ["okta_ada@example.com --stage dev", { ...user, username: "okta_ada@example.com" }],
  ["--everybody --stage dev", { ...user, username: undefined }],
  ["--everybody", { username: undefined, stage: undefined, disable: false }],
])("reads %s", (words, request) => {
  expect(parseRevocationRequest(words.split(" "), "gatehouse")).toEqual(request);
});

test.each([
  ["nobody", [], "takes one username, or --everybody"],
  ["two users", ["ada", "bob"], "takes one username"],
  ["somebody and everybody", ["ada", "--everybody"], "takes one username, or --everybody"],
  ["everybody for good", ["--everybody", "--disable"], "--disable needs a username"],
  ["a stage that no deploy can have", ["ada", "--stage", "../x"], "lower-case letters"],
  ["a username with a space", ["a b"], "Cognito does not accept this username"],
  ["a username with a control character", ["a\u001b[2J"], '"a\\u001b[2J"'],
  ["a word that nobody knows", ["ada", "--force"], "'--force'"],
])("refuses %s", (_what, args, message) => {
  const parse = () => parseRevocationRequest(args, "gatehouse");
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(message);
});
