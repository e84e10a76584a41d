import { GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Credentials } from "@sst-gatehouse/core/signer";

// A guard that needs Parameter Store needs both; any other needs neither.
export { createClientIds } from "./client-ids.ts";

/** More would take a second call; a stage has six at most. */
const maxParameters = 10;
const maxPages = 3;

let client: SSMClient | undefined;

/**
 * Reads everything below a prefix, with one call. Built into a file of its own, `parameters.cjs`, which the guard loads
 * only when it needs Parameter Store.
 *
 * @param region the stage's home region, not the one the guard runs in.
 * @param credentials asked for whenever the client needs them.
 * @returns values by name relative to the prefix.
 * @throws {Error} (rejects) when SSM refuses, is away for three seconds, or holds more than ten parameters.
 */
export async function loadParameters(
  region: string,
  prefix: string,
  credentials: () => Credentials,
): Promise<Readonly<Record<string, string>>> {
  client ??= new SSMClient({ region, maxAttempts: 2, credentials: async () => credentials() });
  const values: Record<string, string> = Object.create(null);
  // One call brings them all, but AWS may answer a page short and ask to be called again.
  let token: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const { Parameters = [], NextToken } = await client.send(
      new GetParametersByPathCommand({
        Path: prefix,
        Recursive: true,
        MaxResults: maxParameters,
        NextToken: token,
      }),
      { abortSignal: AbortSignal.timeout(3000) },
    );
    for (const { Name, Value } of Parameters) {
      if (Name?.startsWith(`${prefix}/`) && Value !== undefined)
        values[Name.slice(prefix.length + 1)] = Value;
    }
    if (Object.keys(values).length > maxParameters) break;
    if (NextToken === undefined) return values;
    token = NextToken;
  }
  throw new Error("there are more than ten parameters below the prefix");
}
