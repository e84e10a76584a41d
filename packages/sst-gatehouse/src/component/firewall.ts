import type { Stage } from "@sst-gatehouse/blueprint/stages";

import type { GateContext } from "./gate-context.ts";

/** The stage's firewall: a limit per address, and AWS's common rules. */
export function createFirewall(
  { parent, name, named }: GateContext,
  { requestsPerFiveMinutes }: NonNullable<Stage["waf"]>,
  usEast1: aws.Provider,
): aws.wafv2.WebAcl {
  const visibility = (metricName: string) => ({
    metricName: `${named}-${metricName}`,
    cloudwatchMetricsEnabled: true,
    // Sampled requests would keep bearer tokens in the console for three hours.
    sampledRequestsEnabled: false,
  });
  return new aws.wafv2.WebAcl(
    `${name}Firewall`,
    {
      name: named,
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
      rules: [
        {
          name: "limit-an-address",
          priority: 0,
          action: { block: {} },
          statement: {
            rateBasedStatement: {
              aggregateKeyType: "IP",
              limit: requestsPerFiveMinutes,
              evaluationWindowSec: 300,
            },
          },
          visibilityConfig: visibility("limit-an-address"),
        },
        {
          name: "aws-common-rules",
          priority: 1,
          overrideAction: { none: {} },
          statement: {
            managedRuleGroupStatement: {
              vendorName: "AWS",
              name: "AWSManagedRulesCommonRuleSet",
              // It would block every body over 8 KB; the limits of body sizes are the guard's and Lambda's.
              ruleActionOverrides: [{ name: "SizeRestrictions_BODY", actionToUse: { count: {} } }],
            },
          },
          visibilityConfig: visibility("aws-common-rules"),
        },
      ],
      visibilityConfig: visibility("firewall"),
    },
    { parent, provider: usEast1 },
  );
}
