import { GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Credentials } from "@gatehouse/core/signer";

/** One page is all there may be: more than ten parameters are a fault, not a reason for a second call. */
const maxParameters = 10;

let client: SSMClient | undefined;

/**
 * Reads everything below a prefix with one call. Built into a file of its own, `parameters.cjs`, which the guard loads
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
  const { Parameters = [], NextToken } = await client.send(
    new GetParametersByPathCommand({ Path: prefix, Recursive: true, MaxResults: maxParameters }),
    { abortSignal: AbortSignal.timeout(3000) },
  );
  if (NextToken !== undefined)
    throw new Error("there are more than ten parameters below the prefix");
  const values: Record<string, string> = Object.create(null);
  for (const { Name, Value } of Parameters) {
    if (Name?.startsWith(`${prefix}/`) && Value !== undefined)
      values[Name.slice(prefix.length + 1)] = Value;
  }
  return values;
}
