import { expect, test } from "vitest";

import { parseEngineArguments, parseStackName } from "./engine-arguments.ts";

const args = ["--yes", "-f", "--stack", "organization/app/jane", "--non-interactive"];
const log = ["--event-log", "/log.json"];

test("reads what the SST CLI says to pulumi", () => {
  const config = ["--config", "aws:region=eu-west-1", "--config", 'aws:defaultTags={"a":"b=c"}'];
  expect(parseEngineArguments([...args, ...log, ...config])).toEqual({
    app: "app",
    stage: "jane",
    eventLog: "/log.json",
    config: { "aws:region": "eu-west-1", "aws:defaultTags": '{"a":"b=c"}' },
  });
});

const wrong: [what: string, args: string[], message: string][] = [
  ["an option that is new", [...args, ...log, "--new"], "--new"],
  ["no event log", args, "--event-log"],
];

test.each(wrong)("notices %s", (_what, words, message) => {
  expect(() => parseEngineArguments(words)).toThrow(message);
});

test("refuses a name that is not a stack's", () => {
  expect(() => parseStackName("app/jane")).toThrow("app/jane is not the name of a stack");
});
