import { parseArgs } from "node:util";

/** The part of the arguments of `pulumi up` that matters here. */
export interface EngineArguments {
  readonly app: string;
  readonly stage: string;
  readonly eventLog: string;
  /** Such as `aws:region`. */
  readonly config: Readonly<Record<string, string>>;
}

/** @throws {TypeError} when the SST CLI has begun to call Pulumi in another way. */
export function parseEngineArguments(args: readonly string[]): EngineArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      stack: { type: "string" },
      "event-log": { type: "string" },
      config: { type: "string", multiple: true, default: [] },
      yes: { type: "boolean" },
      "non-interactive": { type: "boolean" },
      f: { type: "boolean", short: "f" },
    },
  });
  const eventLog = values["event-log"];
  if (values.stack === undefined || eventLog === undefined)
    throw new TypeError("pulumi up is called without --stack or --event-log");
  const config = values.config.map((pair): [string, string] => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { ...parseStackName(values.stack), eventLog, config: Object.fromEntries(config) };
}

/** @param name `organization/<app>/<stage>` */
export function parseStackName(name: string): { readonly app: string; readonly stage: string } {
  const [, app, stage, ...rest] = name.split("/");
  if (app === undefined || stage === undefined || rest.length > 0)
    throw new TypeError(`${name} is not the name of a stack`);
  return { app, stage };
}
