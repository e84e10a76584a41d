import { awsProviderVersion } from "@sst-gatehouse/blueprint/aws-provider";

/**
 * The version of the AWS provider that a config asks for; undefined where it takes the one that SST brings.
 *
 * @param config text of `sst.config.ts`, which cannot be asked before the provider is there.
 */
export function pinnedProvider(config: string): string | undefined {
  const [, version] = /\baws:\s*\{[^}]*?\bversion:\s*"(\d+\.\d+\.\d+)"/.exec(config) ?? [];
  const byGatehouse = /\bgatehouseApp\(/.test(config) && !/\bsst:\s*4\b/.test(config);
  return version ?? (byGatehouse ? awsProviderVersion : undefined);
}
