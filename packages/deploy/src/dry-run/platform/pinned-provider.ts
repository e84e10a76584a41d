import { awsProviderVersion } from "@sst-gatehouse/blueprint/aws-provider";

/**
 * The version of the AWS provider that a config asks for; undefined where it takes the one that SST brings.
 *
 * @param config text of `sst.config.ts`, which cannot be asked before the provider is there.
 */
export function pinnedProvider(config: string): string | undefined {
  const byGatehouse = /\bgatehouseApp\(/.test(config) && !/\bsst:\s*4\b/.test(config);
  return versionOfAws(config) ?? (byGatehouse ? awsProviderVersion : undefined);
}

function versionOfAws(config: string): string | undefined {
  const [, alone] = /\baws:\s*["'`](\d+\.\d+\.\d+)["'`]/.exec(config) ?? [];
  if (alone !== undefined) return alone;
  const [, settings = ""] = /\baws:\s*\{([^]*)/.exec(config) ?? [];
  // What is in braces of their own, such as tags, says nothing of it.
  let flat = settings;
  for (let before = ""; before !== flat;) {
    before = flat;
    flat = flat.replaceAll(/\{[^{}]*\}/g, "");
  }
  const [own = ""] = flat.split("}");
  return /\bversion:\s*["'`](\d+\.\d+\.\d+)["'`]/.exec(own)?.[1];
}
