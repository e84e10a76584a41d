import {
  GetParameterCommand,
  type Parameter,
  type ParameterHistory,
  paginateGetParameterHistory,
  type SSMClient,
} from "@aws-sdk/client-ssm";

import { all } from "./read-functions.ts";
import { once, type Reader } from "./reader.ts";

export interface ParameterReads {
  /** Undefined when there is none of that name. */
  parameter(name: string): Promise<Parameter | undefined>;
  /** Every version that is kept, oldest first; nothing when there is no such parameter. */
  history(name: string): Promise<readonly ParameterHistory[]>;
}

export function createParameterReads(reader: Reader, client: SSMClient): ParameterReads {
  return {
    parameter: once(async (Name) => {
      const found = await reader.readIfThere("ssm:GetParameter", ["ParameterNotFound"], () =>
        client.send(new GetParameterCommand({ Name })),
      );
      return found?.Parameter;
    }),
    history: once(async (Name) => {
      const pages = paginateGetParameterHistory({ client }, { Name });
      const found = await reader.readIfThere("ssm:GetParameterHistory", ["ParameterNotFound"], () =>
        all(pages),
      );
      return (found ?? []).flatMap(({ Parameters = [] }) => Parameters);
    }),
  };
}
