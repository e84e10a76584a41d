import { guardFunction, guardLogGroup } from "@sst-gatehouse/blueprint/guard-function";

import type { Chain } from "../facts/chain.ts";
import { runtimeOf } from "../facts/expected-runtime.ts";
import { guardInputExpectations } from "./guard-inputs.ts";
import { guardPackageExpectations } from "./guard-package.ts";
import { sameJson, toObject } from "../../../dry-run/graph/json.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import { unmet, type Violation } from "../violation.ts";

/** What Lambda@Edge would refuse, and where the guard is not the one that was tested on the laptop. */
export function checkGuardFunction({ graph, guard, guardRole }: Chain): readonly Violation[] {
  const is = (key: string, expected: unknown) => sameJson(inputOf(guard, key), expected);
  const blueprint = (what: string) =>
    `is not the ${what} that the guard is tested with, so nobody knows how it would behave: take it from the blueprint's guardFunction`;
  const runtime = runtimeOf(graph);
  const logGroup = guardLogGroup(graph.app, graph.stage);
  return unmet(guard, [
    {
      rule: "guard-region",
      holds: guard.region === guardFunction.region,
      message: `is in ${guard.region ?? "no region"}; CloudFront accepts functions in us-east-1 only: give it a provider of us-east-1`,
    },
    {
      rule: "guard-version",
      holds: is("publish", true),
      message:
        "is not published; CloudFront takes a numbered version only, never $LATEST: set publish to true",
    },
    {
      rule: "guard-runtime",
      holds: is("runtime", runtime),
      message: `is not ${runtime}, which is the newest that version ${graph.awsProvider} of the AWS provider takes and the one that the guard is made for: take it from the blueprint's nodeRuntime`,
    },
    {
      rule: "guard-architecture",
      holds: is("architectures", [guardFunction.architecture]),
      message:
        "is not x86_64, and Lambda@Edge refuses anything else: take it from the blueprint's guardFunction",
    },
    {
      rule: "guard-handler",
      holds: is("handler", guardFunction.handler),
      message: blueprint("handler"),
    },
    {
      rule: "guard-memory",
      holds: is("memorySize", guardFunction.memoryMb),
      message: blueprint("memory"),
    },
    {
      rule: "guard-timeout",
      holds: is("timeout", guardFunction.timeoutSeconds),
      message: blueprint("time limit"),
    },
    {
      rule: "guard-role-assigned",
      holds: is("role", attributeOf(guardRole, "arn")),
      message:
        "does not run as the guard's role; the backend believes that role and no other: give it the role's ARN",
    },
    {
      rule: "guard-log-group",
      holds: toObject(inputOf(guard, "loggingConfig"))["logGroup"] === logGroup,
      message: `does not log to ${logGroup}, the only group its role may write to; its log would be lost: take the blueprint's guardLogGroup`,
    },
    {
      rule: "guard-left-behind",
      holds: is("skipDestroy", true),
      message:
        "would be deleted with the stage; AWS refuses that for hours while replicas exist, and the removal fails: set skipDestroy to true",
    },
    ...guardPackageExpectations(guard),
    ...guardInputExpectations(guard),
  ]);
}
