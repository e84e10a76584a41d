import { type Graph, type Resource, resourcesOf } from "../../dry-run/graph/graph.ts";
import { awsTypes } from "../../dry-run/graph/aws-types.ts";
import { isObject, type JsonObject, toList, toObject } from "../../dry-run/graph/json.ts";
import { statementsOf } from "../rules/facts/policies.ts";
import { inputOf } from "../../dry-run/graph/resource-values.ts";
import { inPlainWords } from "./plain-words.ts";
import { asText, asTexts, givenName, shortArn } from "./readable.ts";

/** A role: who may take it, and what it may do then. */
export interface RoleInPlan {
  readonly name: string;
  /** As it will be called at AWS. */
  readonly physicalName: string;
  readonly assumedBy: readonly string[];
  readonly managedPolicies: readonly string[];
  readonly may: readonly GrantInPlan[];
}

/** One statement of a policy. */
export interface GrantInPlan {
  readonly words: string;
  readonly denied: boolean;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Such as `lambda:FunctionUrlAuthType is AWS_IAM`. */
  readonly conditions: readonly string[];
}

/** Every role of the stage, with the policies that are attached to it. */
export function rolesOf(graph: Graph): readonly RoleInPlan[] {
  return resourcesOf(graph, awsTypes.role).map((role) => {
    const attached = resourcesOf(graph, awsTypes.rolePolicy).filter(
      (policy) => inputOf(policy, "role") === inputOf(role, "name"),
    );
    const inline = toList(inputOf(role, "inlinePolicies")).map(
      (entry) => toObject(entry)["policy"],
    );
    const policies = [...inline, ...attached.map((policy) => inputOf(policy, "policy"))];
    return {
      name: role.name,
      physicalName: givenName(role) ?? "(generated)",
      assumedBy: principalsOf(role),
      managedPolicies: asTexts(inputOf(role, "managedPolicyArns")),
      may: policies.filter((policy) => policy !== undefined).flatMap(grantsOf),
    };
  });
}

function principalsOf(role: Resource): readonly string[] {
  const statements = statementsOf(inputOf(role, "assumeRolePolicy"));
  if (statements === undefined) return ["somebody; the trust policy cannot be read"];
  return statements.flatMap(({ Effect, Principal, NotPrincipal }) => {
    if (Effect === "Deny") return [];
    if (NotPrincipal !== undefined) return [`everybody but ${JSON.stringify(NotPrincipal)}`];
    if (!isObject(Principal)) return [Principal === "*" ? "everybody" : asText(Principal)];
    return Object.values(Principal).flatMap(asTexts);
  });
}

function grantsOf(policy: unknown): readonly GrantInPlan[] {
  const statements = statementsOf(policy);
  if (statements === undefined)
    return [
      {
        words: "something that cannot be read here",
        denied: false,
        actions: [],
        resources: [],
        conditions: [],
      },
    ];
  return statements.map(toGrant);
}

function toGrant(statement: JsonObject): GrantInPlan {
  const { Effect, Action, NotAction, Resource: named, NotResource, Condition } = statement;
  const actions = asTexts(Action);
  const excluded = asTexts(NotAction);
  return {
    words: Action === undefined ? `do anything but ${excluded.join(", ")}` : inPlainWords(actions),
    denied: Effect === "Deny",
    actions: Action === undefined ? excluded.map((action) => `not ${action}`) : actions,
    resources:
      named === undefined
        ? asTexts(NotResource).map((arn) => `not ${shortArn(arn)}`)
        : asTexts(named).map(shortArn),
    conditions: conditionsOf(Condition),
  };
}

function conditionsOf(condition: unknown): readonly string[] {
  return Object.entries(toObject(condition)).flatMap(([test, keys]) =>
    Object.entries(toObject(keys)).map(
      ([key, values]) =>
        `${key} ${/^(StringEquals|Bool)$/.test(test) ? "is" : test} ${asTexts(values).join(" or ")}`,
    ),
  );
}
