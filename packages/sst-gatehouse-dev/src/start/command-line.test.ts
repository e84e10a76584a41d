import { expect, test } from "vitest";

import { parseCommandLine, type CommandLine } from "./command-line.ts";

const readings: [args: string, command: CommandLine][] = [
  ["", { port: 4280, json: false, account: [] }],
  ["--json --port 0", { port: 0, json: true, account: [] }],
  ["--port 65535", { port: 65_535, json: false, account: [] }],
  ["--from-deploy", { port: 4280, json: false, account: [], deployedStage: "from-deploy" }],
  [
    "--from-deploy --stage anna --json",
    { port: 4280, json: true, account: [], deployedStage: "anna" },
  ],
  [
    "--from-deploy --stage production",
    { port: 4280, json: false, account: [], deployedStage: "production" },
  ],
  [
    "--account moving-auth-time,updated-issuer",
    { port: 4280, json: false, account: ["moving-auth-time", "updated-issuer"] },
  ],
];

test.each(readings)("start %s", (args, command) => {
  expect(parseCommandLine(args.split(" ").filter(Boolean), "gatehouse")).toEqual(command);
});

const refusals: [args: string, message: string][] = [
  ["--port http", "--port must be a number from 0 to 65535, not http"],
  ["--port 65536", "--port must be a number from 0 to 65535, not 65536"],
  ["--port -1", "argument"],
  ["--prot 1", "--prot"],
  ["extra", "extra"],
  ["--account eu", 'not "eu"'],
  ["--account updated-issuer,updated-issuer", "twice"],
  ["--stage anna", "--stage needs --from-deploy"],
  ["--from-deploy --stage live", 'stage "live": this looks like production'],
  ["--from-deploy --stage ../x", 'stage "../x": the name of the stage must be'],
];

test.each(refusals)("start %s is refused", (args, message) => {
  expect(() => parseCommandLine(args.split(" "), "gatehouse")).toThrow(message);
});
