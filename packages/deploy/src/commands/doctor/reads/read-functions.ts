import {
  type FunctionConfiguration,
  type FunctionUrlConfig,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  type LambdaClient,
  ListTagsCommand,
  paginateListAliases,
  paginateListFunctions,
  paginateListFunctionUrlConfigs,
  paginateListVersionsByFunction,
} from "@aws-sdk/client-lambda";

import { once, type Reader } from "./reader.ts";

const notThere = ["ResourceNotFoundException"];

/** A statement that lets somebody use a function, with the version or alias it is attached to. */
export interface ResourcePolicy {
  /** A version or an alias; absent for the function itself. */
  readonly qualifier: string | undefined;
  /** JSON text. */
  readonly document: string;
}

/** Functions of one region. Each is asked for by name or ARN. */
export interface FunctionReads {
  /** Undefined when there is none. */
  configuration(name: string): Promise<FunctionConfiguration | undefined>;
  /** Numbers of the published versions. */
  versions(name: string): Promise<readonly number[]>;
  /** Of the function and its aliases. */
  urls(name: string): Promise<readonly FunctionUrlConfig[]>;
  /** Of the function, its aliases, and the versions named. */
  resourcePolicies(
    name: string,
    ...versions: readonly string[]
  ): Promise<readonly ResourcePolicy[]>;
  /** ARNs of the functions that are tagged as the stage's. */
  ofStage(app: string, stage: string): Promise<readonly string[]>;
}

export function createFunctionReads(reader: Reader, client: LambdaClient): FunctionReads {
  const aliases = once(async (FunctionName) => {
    const pages = paginateListAliases({ client }, { FunctionName });
    const found = await reader.readIfThere("lambda:ListAliases", notThere, () => all(pages));
    return (found ?? []).flatMap(({ Aliases = [] }) => Aliases.flatMap(({ Name }) => Name ?? []));
  });
  const policy = once(async (FunctionName, Qualifier) => {
    const asked = { FunctionName, ...(Qualifier === "" ? {} : { Qualifier }) };
    const found = await reader.readIfThere("lambda:GetPolicy", notThere, () =>
      client.send(new GetPolicyCommand(asked)),
    );
    return found?.Policy;
  });
  return {
    configuration: once(async (FunctionName) =>
      reader.readIfThere("lambda:GetFunctionConfiguration", notThere, () =>
        client.send(new GetFunctionConfigurationCommand({ FunctionName })),
      ),
    ),
    versions: once(async (FunctionName) => {
      const pages = paginateListVersionsByFunction({ client }, { FunctionName });
      const found = await reader.readIfThere("lambda:ListVersionsByFunction", notThere, () =>
        all(pages),
      );
      return (found ?? [])
        .flatMap(({ Versions = [] }) => Versions.map(({ Version }) => Number(Version)))
        .filter(Number.isInteger);
    }),
    urls: once(async (FunctionName) => {
      const pages = paginateListFunctionUrlConfigs({ client }, { FunctionName });
      const found = await reader.readIfThere("lambda:ListFunctionUrlConfigs", notThere, () =>
        all(pages),
      );
      return (found ?? []).flatMap(({ FunctionUrlConfigs = [] }) => FunctionUrlConfigs);
    }),
    async resourcePolicies(name, ...versions) {
      const found: ResourcePolicy[] = [];
      for (const qualifier of ["", ...versions, ...(await aliases(name))]) {
        const document = await policy(name, qualifier);
        if (document !== undefined)
          found.push({ qualifier: qualifier === "" ? undefined : qualifier, document });
      }
      return found;
    },
    ofStage: once(async (app, stage) => {
      const pages = paginateListFunctions({ client }, {});
      const found = await reader.read("lambda:ListFunctions", () => all(pages));
      const ours: string[] = [];
      for (const { FunctionName: name = "", FunctionArn: arn = "" } of found.flatMap(
        ({ Functions = [] }) => Functions,
      )) {
        // SST cuts long names, the app's first.
        if (!name.includes(`${stage}-`)) continue;
        const { Tags = {} } = await reader.read("lambda:ListTags", () =>
          client.send(new ListTagsCommand({ Resource: arn })),
        );
        if (Tags["sst:app"] === app && Tags["sst:stage"] === stage) ours.push(arn);
      }
      return ours;
    }),
  };
}

/** Every page of a list. */
export async function all<T>(pages: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const page of pages) found.push(page);
  return found;
}
