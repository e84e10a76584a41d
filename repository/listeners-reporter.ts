import { type Watch, watchListeners, whyUnwatched } from "@sst-gatehouse/testkit/listeners";
import type { Reporter } from "vitest/node";

/** Fails a run in which anything that it has started could be reached from another machine, whichever test it was. */
export default class ListenersReporter implements Reporter {
  #watch: Promise<Watch> | undefined;

  onInit(): void {
    if (whyUnwatched === undefined) this.#watch = watchListeners(process.pid);
    else console.log(`not watched for listeners beyond loopback: ${whyUnwatched}`);
  }

  /** No test begins before somebody looks. */
  async onTestRunStart(): Promise<void> {
    await this.#watch;
  }

  async onTestRunEnd(): Promise<void> {
    const found = (await (await this.#watch)?.stop()) ?? [];
    for (const { port, pid, command } of found)
      console.error(`listened beyond loopback: port ${port} of ${command} (${pid})`);
    if (found.length > 0) process.exitCode = 1;
    else if (this.#watch !== undefined) console.log("nothing listened beyond loopback");
  }
}
