/**
 * The version of the AWS provider that a config asks for.
 *
 * @param config text of `sst.config.ts`.
 * @throws {TypeError} when it is not written out there.
 */
export function pinnedProvider(config: string): string {
  const [, version] = /\baws:\s*\{[^}]*?\bversion:\s*"(\d+\.\d+\.\d+)"/.exec(config) ?? [];
  if (version === undefined)
    throw new TypeError(
      'sst.config.ts: write out the version of the AWS provider, as in aws: { version: "6.83.4" }',
    );
  return version;
}
