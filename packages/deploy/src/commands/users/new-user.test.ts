import { expect, test } from "vitest";

import { UsageError } from "../../command.ts";
import { parseNewUser } from "./new-user.ts";

test("reads a user with an address and groups, each group once", () => {
  const args = "carol --stage dev --email carol@example.com --group a --group b --group a";
  expect(parseNewUser(args.split(" "), "gatehouse")).toEqual({
    stage: "dev",
    username: "carol",
    email: "carol@example.com",
    groups: ["a", "b"],
    invitation: true,
  });
});

test("needs no address when nothing is mailed", () => {
  expect(parseNewUser(["carol", "--stage", "dev", "--no-invitation"], "gatehouse")).toEqual({
    stage: "dev",
    username: "carol",
    email: undefined,
    groups: [],
    invitation: false,
  });
});

const dev = ["--stage", "dev", "--email", "a@b.example"];
test.each([
  ["no username", dev, "takes one username"],
  ["two usernames", ["a", "b", ...dev], "takes one username"],
  ["no stage", ["carol", "--email", "a@b.example"], "--stage is needed"],
  ["a stage that no deploy can have", ["carol", "--stage", "../x"], "lower-case letters"],
  ["no address for the invitation", ["carol", "--stage", "dev"], "--email is needed"],
  ["a username with a space", ["a b", ...dev], "the username is not one that Cognito accepts"],
  ["a username with a control character", ["a\u001b[2J", ...dev], '"a\\u001b[2J"'],
  [
    "a username that is an e-mail address, which the pool takes for one",
    ["ada@example.com", ...dev],
    'the username is not one that Cognito accepts: "ada@example.com" looks like an e-mail address. Choose a name, and give the address by --email: people sign in with either',
  ],
  ["an empty username", ["", ...dev], "the username is not one that Cognito accepts"],
  [
    "an invalid e-mail address",
    ["carol", "--stage", "dev", "--email", "carol"],
    "--email is not one",
  ],
  ["an empty group", ["carol", ...dev, "--group", ""], "--group is not one"],
  ["a password among the arguments", ["carol", ...dev, "--password", "x"], "'--password'"],
])("refuses %s", (_what, args, message) => {
  const parse = () => parseNewUser(args, "gatehouse");
  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(message);
});
