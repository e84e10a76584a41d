import type { CloudFrontRequestEvent } from "aws-lambda";

import { fromCloudFrontEvent } from "../src/http/cloudfront.ts";
import { toTraceParent, traceOf } from "../src/http/trace.ts";
import { createLog, startSteps, type Step } from "../src/log.ts";
import { createRecord } from "../src/record.ts";
import { guardSettings, host } from "./events.ts";
import { session } from "./known-tokens.ts";

const now = (): number => Math.floor(Date.now() / 1000);
const steps: readonly Step[] = ["read", "caller", "rules", "sign"];

/**
 * What the record of a forwarded request costs, by itself: the request's place in its trace, the time of each step, the
 * person's id, and the line on stdout.
 */
export function createRecorder(event: CloudFrontRequestEvent): () => void {
  const received = fromCloudFrontEvent(event, [host]);
  const log = createLog((line) => process.stdout.write(`${line}\n`));
  const record = createRecord(guardSettings, now, log);
  const who = { caller: session.caller, token: session };
  return () => {
    const timed = startSteps(() => performance.now());
    const trace = traceOf(undefined);
    toTraceParent(trace);
    for (const step of steps) timed.end(step);
    record(
      { received: { ...received, trace }, who, steps: timed },
      { outcome: "forwarded", rule: "/echo/*", reading: "as_sent" },
    );
  };
}
