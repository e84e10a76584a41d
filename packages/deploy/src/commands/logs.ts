import { parseArgs } from "node:util";

import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { edgeRegions } from "@sst-gatehouse/blueprint/edge-regions";
import { guardLogGroup } from "@sst-gatehouse/blueprint/guard-function";

import { orUsageError, requireStage } from "../command-line.ts";
import { CommandError, UsageError, type Command } from "../command.ts";
import { backendLogGroups } from "./logs/backend-log-groups.ts";
import { gatherLines, type Place } from "./logs/gather-lines.ts";
import { lineInJson, lineInWords } from "./logs/print-line.ts";
import { parseSince } from "./logs/since.ts";

const usage = `Prints the log lines of a deployed stage: the guard's of every region where it ran, and the backend's, by time.

  gatehouse logs --stage <name> [--since <time>] [--request <id>] [--code <code>] [--json]

  --stage <name>   the name you gave to \`sst deploy --stage\`
  --since <time>   how far back: 90s, 15m, 1h, 2d (default 1h, at most 30d)
  --request <id>   of one request, as the viewer's X-Amz-Cf-Id and the requestId of a refusal have it, or Lambda's;
                   with the lines that the app itself has written for it
  --code <code>    of refusals with this code, such as access_denied
  --json           one JSON object a line: {"timestamp", "region", "group", "line"}; timestamp in milliseconds
  --help           this text

A region that does not answer is named, and the others are printed. Needs logs:FilterLogEvents on the guard's log group
in each region, and in the app's region on the backend's, with lambda:ListFunctions, lambda:ListTags and
lambda:GetFunctionConfiguration.
`;

export const logs: Command = {
  usage,
  async run(args, { gate: { app }, stdout, stderr }) {
    const { values } = orUsageError(() =>
      parseArgs({
        args: [...args],
        options: {
          stage: { type: "string" },
          since: { type: "string", default: "1h" },
          request: { type: "string" },
          code: { type: "string" },
          json: { type: "boolean", default: false },
        },
      }),
    );
    const stage = requireStage(app.name, values.stage);
    const seconds = orUsageError(() => parseSince(values.since));
    const { request, code } = values;
    if (request !== undefined && !/^[\w=-]{1,128}$/.test(request))
      throw new UsageError(
        "--request is an id such as an answer's X-Amz-Cf-Id: letters, digits, -, _ and =",
      );
    if (code !== undefined && !/^[a-z]+(_[a-z]+)+$/.test(code))
      throw new UsageError("--code is a code of a refusal, such as access_denied");
    const lambda = new LambdaClient({ region: app.region });
    const backend = await backendLogGroups(lambda, app.name, stage);
    if (typeof backend === "string") stderr.write(`the backend in ${app.region}: ${backend}\n`);
    const places: Place[] = [
      ...edgeRegions.map((region) => ({
        region,
        group: guardLogGroup(app.name, stage),
        from: "guard",
      })),
      ...(typeof backend === "string" ? [] : backend).map(({ name, group }) => ({
        region: app.region,
        group,
        from: name,
      })),
    ];
    const { lines, silent } = await gatherLines(
      (region) => new CloudWatchLogsClient({ region }),
      places,
      {
        since: Date.now() - seconds * 1000,
        request,
        code,
      },
    );
    for (const { where, why } of silent) stderr.write(`${where}: ${why}\n`);
    if (silent.filter((place) => place.all).length === places.length)
      throw new CommandError("No region answered, so nothing is known.");
    const print = values.json ? lineInJson : lineInWords;
    for (const line of lines) stdout.write(`${print(line)}\n`);
    if (lines.length === 0) stderr.write(`No line since ${values.since} ago.\n`);
    return 0;
  },
};
