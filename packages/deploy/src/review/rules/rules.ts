import type { Stage } from "@sst-gatehouse/blueprint/stages";

import { type GateAccess, gateOwner, gateType } from "@sst-gatehouse/blueprint/gate";

import { type Graph, resourcesOf } from "../../dry-run/graph/graph.ts";
import { guardedBy } from "./facts/ownership.ts";
import { checkAppClients } from "./users/app-clients.ts";
import { checkBackend } from "./api/backend.ts";
import { checkCacheBehaviors } from "./cdn/cache-behaviors.ts";
import { type Chain, findChain } from "./facts/chain.ts";
import { checkDistribution } from "./cdn/distribution.ts";
import { checkBackendUrl, checkFunctionUrls } from "./api/function-url.ts";
import { checkGuardAccess } from "./guard/guard-access.ts";
import { checkGuardFunction } from "./guard/guard-function.ts";
import { checkGuardRole } from "./guard/guard-role.ts";
import { checkGuardSettings } from "./guard/guard-settings.ts";
import { checkGuardRoleShared } from "./guard/guard-role-shared.ts";
import { checkIgnoredChanges } from "./stage/ignored-changes.ts";
import { checkLogLevels } from "./stage/log-levels.ts";
import { checkKnownTypes } from "./stage/known-types.ts";
import { checkNames, checkNamesElsewhere } from "./stage/names.ts";
import { checkOrigins } from "./cdn/origins.ts";
import { checkOtherDistributions } from "./cdn/other-distributions.ts";
import { checkOutputSecrets } from "./stage/output-secret.ts";
import { checkSite } from "./cdn/site.ts";
import { checkParameters } from "./stage/parameters.ts";
import { checkChainPermissions, checkPermissionPrincipals } from "./api/permissions.ts";
import { checkProduction } from "./stage/production.ts";
import { checkRoleTrust } from "./api/role-trust.ts";
import { checkUserPool } from "./users/user-pool.ts";
import type { Violation } from "./violation.ts";
import { checkWebAcl } from "./cdn/web-acl.ts";
import { checkWhoMayInvoke } from "./guard/who-may-invoke.ts";

export { checkNamesAcross } from "./stage/names.ts";
export { othersThanGuarded } from "./facts/ownership.ts";
export type { Violation } from "./violation.ts";

const rulesOfGraph: readonly ((graph: Graph, stage: Stage) => readonly Violation[])[] = [
  checkProduction,
  checkFunctionUrls,
  checkPermissionPrincipals,
  checkKnownTypes,
  checkNames,
  checkNamesElsewhere,
  checkIgnoredChanges,
  checkLogLevels,
  checkOutputSecrets,
];

const rulesOfChain: readonly ((chain: Chain, access?: GateAccess) => readonly Violation[])[] = [
  checkGuardFunction,
  checkGuardRole,
  checkGuardSettings,
  checkGuardAccess,
  checkGuardRoleShared,
  checkBackend,
  checkBackendUrl,
  checkChainPermissions,
  checkRoleTrust,
  checkWhoMayInvoke,
  checkDistribution,
  checkOrigins,
  checkOtherDistributions,
  checkCacheBehaviors,
  checkSite,
  checkWebAcl,
  checkUserPool,
  checkAppClients,
  checkParameters,
];

export interface CheckOptions {
  /**
   * Whether the whole deployment is looked at, as if it had nothing but gates; otherwise what a gate has and guards, and
   * what can reach that.
   */
  readonly strict?: boolean;
}

/**
 * What would go wrong at AWS, or be unsafe there, before it is deployed.
 *
 * @param stage the settings that the graph was made with.
 * @param access the rules of `access.ts`; without them scopes and groups are not compared with what they ask for.
 * @returns nothing when all is well. While a part of the chain is missing, what depends on it is not looked at.
 * @throws {TypeError} when the stage is another one than the graph's.
 */
export function checkGraph(
  graph: Graph,
  stage: Stage,
  access?: GateAccess,
  { strict = true }: CheckOptions = {},
): readonly Violation[] {
  if (graph.stage !== stage.name)
    throw new TypeError(`the graph is of stage ${graph.stage}, the settings are of ${stage.name}`);
  const gates = resourcesOf(graph, gateType);
  if (strict || gates.length === 0) return checkParts(graph, stage, graph, access);
  return gates.flatMap((gate) => {
    // What is named by app and stage begins with the gate's name too, where an app has several.
    const named = { ...graph, app: gateOwner(graph.app, gate.name) };
    return checkParts(named, stage, { ...named, resources: guardedBy(graph, gate) }, access);
  });
}

/** @param parts what the rules look at; `graph` is what could reach it. */
function checkParts(
  graph: Graph,
  stage: Stage,
  parts: Graph,
  access: GateAccess | undefined,
): readonly Violation[] {
  const ofGraph = rulesOfGraph.flatMap((rule) => rule(parts, stage));
  const chain = findChain(graph, stage, parts);
  if (!("guard" in chain)) return [...chain, ...ofGraph];
  return [...ofGraph, ...rulesOfChain.flatMap((rule) => rule(chain, access))];
}
