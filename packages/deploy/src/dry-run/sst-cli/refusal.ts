import { errorIn } from "../sst-cli/cli-logs.ts";

/** What the CLI says when it has nothing to say. */
const nothingSaid = "Unexpected error occurred.";

/**
 * Why the CLI gave up before it came to `run()`, in the config's own words where it has any.
 *
 * @param printed by the CLI.
 * @param log of the CLI, which alone holds what `app()` has thrown.
 */
export function refusalIn(printed: string, log: string): string {
  const [, said] = /^✕ +([^]+)/m.exec(printed) ?? [];
  if (said !== undefined && !said.startsWith(nothingSaid)) return said.trim();
  if (log.includes('msg="installing deps"'))
    return "sst.config.ts asks for providers that are not installed. Run: npx sst install";
  return errorIn(log) ?? printed.trim();
}
