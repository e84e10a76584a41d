import { type Graph, type Resource, resourcesOf } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import type { Chain } from "../facts/chain.ts";
import {
  isAbsent,
  isObject,
  type JsonObject,
  sameJson,
  toList,
  toObject,
} from "../../../dry-run/graph/json.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import { unmet, type Violation } from "../violation.ts";

const commonRules = "AWSManagedRulesCommonRuleSet";
const windowSeconds = 300;

/** Rules of the common set that may count instead of block: this one refuses every upload over 8 KB. */
const mayOnlyCount = ["SizeRestrictions_BODY"];

/** The firewall is there exactly when the stage asks for it, and then it blocks. */
export function checkWebAcl(chain: Chain): readonly Violation[] {
  const { parts, distribution, stage } = chain;
  const attached = inputOf(distribution, "webAclId");
  const acls = resourcesOf(parts, awsTypes.webAcl);
  const [acl] = acls;
  if (stage.waf === undefined) {
    return unmet(distribution, [
      {
        rule: "waf-attached",
        holds: (isAbsent(attached) || attached === "") && acl === undefined,
        message:
          "has a firewall that the stage does not ask for and that costs: set waf in stages.ts, or remove it",
      },
    ]);
  }
  if (acl === undefined || acls.length > 1) return [noAcl(parts)];
  return [
    ...unmet(distribution, [
      {
        rule: "waf-attached",
        holds: attached === attributeOf(acl, "arn"),
        message:
          "does not have the stage's firewall, which then guards nothing: set webAclId to its ARN",
      },
    ]),
    ...checkAcl(acl, stage.waf.requestsPerFiveMinutes),
  ];
}

function noAcl(graph: Graph): Violation {
  return {
    rule: "waf-attached",
    resource: `${awsTypes.webAcl}::*`,
    message: `stages.ts asks for a firewall, and the stage declares ${resourcesOf(graph, awsTypes.webAcl).length}: declare one`,
  };
}

function checkAcl(acl: Resource, limit: number): readonly Violation[] {
  const rules = toList(inputOf(acl, "rules")).map(toObject);
  return unmet(acl, [
    {
      rule: "waf-scope",
      holds: acl.region === "us-east-1" && inputOf(acl, "scope") === "CLOUDFRONT",
      message: `is in ${acl.region ?? "no region"}; CloudFront accepts web ACLs of scope CLOUDFRONT in us-east-1 only: give it that scope and a provider of us-east-1`,
    },
    {
      rule: "waf-default",
      holds: sameJson(Object.keys(toObject(inputOf(acl, "defaultAction"))), ["allow"]),
      message: "blocks by default; nobody could reach the app: set defaultAction to allow",
    },
    {
      rule: "waf-rate",
      holds: rules.filter((rule) => limitsRate(rule, limit)).length === 1,
      message: `does not block an address after ${limit} requests in five minutes, so one caller can use up everybody's concurrency: write one rate-based rule by IP that blocks`,
    },
    {
      rule: "waf-common-rules",
      holds: rules.filter(blocksCommonAttacks).length === 1,
      message: `does not block by AWS's ${commonRules}; of its rules only ${mayOnlyCount.join(", ")} may count instead: set overrideAction to none`,
    },
    {
      rule: "waf-exception",
      holds: !rules.some((rule) => isObject(toObject(rule["action"])["allow"])),
      message:
        "has a rule that lets requests past the others: say in the rule itself what it leaves out",
    },
    {
      rule: "waf-samples",
      holds: [acl.inputs, ...rules].every(
        (part) => toObject(part["visibilityConfig"])["sampledRequestsEnabled"] === false,
      ),
      message:
        "keeps sampled requests, so bearer tokens and session cookies would stand in the console for three hours: set sampledRequestsEnabled to false, in the web ACL and in each rule",
    },
    {
      rule: "waf-rule-json",
      holds: isAbsent(inputOf(acl, "ruleJson")),
      message: "has its rules as one JSON string, which is not checked here: write them as rules",
    },
  ]);
}

function limitsRate({ action, statement }: JsonObject, limit: number): boolean {
  const { evaluationWindowSec = windowSeconds, ...rate } = toObject(
    toObject(statement)["rateBasedStatement"],
  );
  return (
    isObject(toObject(action)["block"]) &&
    evaluationWindowSec === windowSeconds &&
    sameJson(rate, { aggregateKeyType: "IP", limit })
  );
}

function blocksCommonAttacks({ overrideAction, statement }: JsonObject): boolean {
  const group = toObject(toObject(statement)["managedRuleGroupStatement"]);
  const counted = toList(group["ruleActionOverrides"]).map(
    (override) => toObject(override)["name"],
  );
  return (
    group["name"] === commonRules &&
    group["vendorName"] === "AWS" &&
    isAbsent(group["scopeDownStatement"]) &&
    counted.every((name) => mayOnlyCount.some((lenient) => lenient === name)) &&
    sameJson(Object.keys(toObject(overrideAction)), ["none"])
  );
}
