import { GetParametersCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Credentials } from "@sst-gatehouse/core/signer";

// A guard that needs Parameter Store needs both; any other needs neither.
export { createClientIds } from "./client-ids.ts";

let client: SSMClient | undefined;

/**
 * Reads some parameters, with one call. Built into a file of its own, `parameters.cjs`, which the guard loads only when it
 * needs Parameter Store.
 *
 * @param region the stage's home region, not the one the guard runs in.
 * @param names relative to the prefix, ten at most.
 * @param credentials asked for whenever the client needs them.
 * @returns the values of those that there are, by name relative to the prefix.
 * @throws {Error} (rejects) when SSM refuses, or is away for three seconds.
 */
export async function loadParameters(
  region: string,
  prefix: string,
  names: readonly string[],
  credentials: () => Credentials,
): Promise<Readonly<Record<string, string>>> {
  client ??= new SSMClient({ region, maxAttempts: 2, credentials: async () => credentials() });
  const { Parameters = [] } = await client.send(
    new GetParametersCommand({ Names: names.map((name) => `${prefix}/${name}`) }),
    { abortSignal: AbortSignal.timeout(3000) },
  );
  const values: Record<string, string> = Object.create(null);
  for (const { Name, Value } of Parameters) {
    if (Name?.startsWith(`${prefix}/`) && Value !== undefined)
      values[Name.slice(prefix.length + 1)] = Value;
  }
  return values;
}
