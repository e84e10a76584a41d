import { rotationUnknownTo } from "@sst-gatehouse/blueprint/aws-provider";
import { gateType } from "@sst-gatehouse/blueprint/gate";
import { hostedOriginAt } from "@sst-gatehouse/blueprint/sign-in-url";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { type Graph, type Resource, resourcesOf } from "../../../dry-run/graph/graph.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import { isOfGate } from "./ownership.ts";
import type { PartKey } from "./part-key.ts";

/** The user pool of a gate, with what the rules ask of it. */
export interface People {
  /** Whether the gate has made the pool; otherwise it was there, and most of it is not the gate's to choose. */
  readonly own: boolean;
  readonly pool: Resource;
  /** Of the pool. */
  readonly id: string;
  /** Its sign-in domain; absent where others have made it. */
  readonly domain: Resource | undefined;
  /** Where people sign in, without a trailing slash. */
  readonly hostedOrigin: string;
  /** Of the access rules' scopes; absent where they list none and the pool is not the gate's. */
  readonly resourceServer: Resource | undefined;
  /** Whether refresh tokens can rotate: not with every provider, nor on every plan of Cognito. */
  readonly rotates: boolean;
}

/** @returns the parts that a gate of its own would have, and how many of each there are, where they are not one. */
export function findPeople(
  graph: Graph,
  stage: Stage,
  parts: Graph,
): People | { readonly missing: readonly (readonly [PartKey, number])[] } {
  const [gate] = resourcesOf(parts, gateType);
  const given = gate?.outputs["userPoolId"];
  const existing = resourcesOf(parts, awsTypes.userPool).some((pool) => isOfGate(graph, pool))
    ? undefined
    : [...resourcesOf(graph, awsTypes.userPool), ...foundOf(graph, awsTypes.userPool)].find(
        (pool) => attributeOf(pool, "id") === given,
      );
  const only = (type: string): readonly Resource[] =>
    resourcesOf(parts, type).filter((one) => existing === undefined || isOfGate(graph, one));
  const pools = existing === undefined ? only(awsTypes.userPool) : [existing];
  const servers = only(awsTypes.resourceServer);
  const domains =
    existing === undefined
      ? only(awsTypes.userPoolDomain)
      : resourcesOf(graph, awsTypes.userPoolDomain).filter(
          (one) => inputOf(one, "userPoolId") === given,
        );
  const origins = originsOf(graph, domains, existing);
  const [pool] = pools;
  const [origin] = origins;
  const counts: (readonly [PartKey, number])[] = [
    [{ type: awsTypes.userPool }, pools.length],
    // Of a pool with several domains, the gate says which it takes.
    [{ type: awsTypes.userPoolDomain }, existing ? Math.min(origins.length, 1) : domains.length],
    [
      { type: awsTypes.resourceServer },
      existing !== undefined && !stage.machineClient ? 1 : servers.length,
    ],
  ];
  const missing = counts.filter(([, count]) => count !== 1);
  if (missing.length > 0 || pool === undefined || origin === undefined) return { missing };
  const chosen = gate?.outputs["hostedOrigin"];
  const tier = inputOf(pool, "userPoolTier");
  return {
    own: existing === undefined,
    pool,
    id: attributeOf(pool, "id"),
    domain: domains.length === 1 ? domains[0] : undefined,
    hostedOrigin: origins.find((one) => one === chosen) ?? origin,
    resourceServer: servers[0],
    rotates: rotationUnknownTo(graph.awsProvider) === undefined && tier !== "LITE",
  };
}

function originsOf(
  graph: Graph,
  domains: readonly Resource[],
  existing: Resource | undefined,
): readonly string[] {
  const declared = domains.map((domain) => inputOf(domain, "domain"));
  const known = existing ? [inputOf(existing, "customDomain"), inputOf(existing, "domain")] : [];
  return [...declared, ...known].flatMap((domain) =>
    typeof domain === "string" && domain !== "" ? [hostedOriginAt(domain, graph.region)] : [],
  );
}

/** What of a type was read by its id: others have made it, and what AWS says of it is made up. */
export function foundOf({ lookups, region }: Graph, type: string): readonly Resource[] {
  return lookups
    .filter(({ token }) => token === type)
    .map(({ inputs: { id }, outputs }) => ({
      type,
      name: String(id),
      urn: `${type}::${String(id)}`,
      region,
      component: false,
      dependsOn: [],
      options: {},
      inputs: outputs,
      outputs,
    }));
}
