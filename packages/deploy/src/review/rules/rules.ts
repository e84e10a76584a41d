import type { Stage } from "@sst-gatehouse/blueprint/stages";

import type { AccessNames } from "@sst-gatehouse/blueprint/access-names";
import type { Graph } from "../../dry-run/graph/graph.ts";
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
import { checkOutputSecrets } from "./stage/output-secret.ts";
import { checkParameters } from "./stage/parameters.ts";
import { checkChainPermissions, checkPermissionPrincipals } from "./api/permissions.ts";
import { checkProduction } from "./stage/production.ts";
import { checkRoleTrust } from "./api/role-trust.ts";
import { checkUserPool } from "./users/user-pool.ts";
import type { Violation } from "./violation.ts";
import { checkWebAcl } from "./cdn/web-acl.ts";
import { checkWhoMayInvoke } from "./guard/who-may-invoke.ts";

export { checkNamesAcross } from "./stage/names.ts";
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

const rulesOfChain: readonly ((chain: Chain, access?: AccessNames) => readonly Violation[])[] = [
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
  checkCacheBehaviors,
  checkWebAcl,
  checkUserPool,
  checkAppClients,
  checkParameters,
];

/**
 * What would go wrong at AWS, or be unsafe there, before it is deployed.
 *
 * @param stage the settings that the graph was made with.
 * @param access the rules of `access.ts`; without them scopes and groups are not compared with what they ask for.
 * @returns nothing when all is well. While a part of the chain is missing, what depends on it is not looked at.
 * @throws {TypeError} when the stage is another one than the graph's.
 */
export function checkGraph(graph: Graph, stage: Stage, access?: AccessNames): readonly Violation[] {
  if (graph.stage !== stage.name)
    throw new TypeError(`the graph is of stage ${graph.stage}, the settings are of ${stage.name}`);
  const ofGraph = rulesOfGraph.flatMap((rule) => rule(graph, stage));
  const chain = findChain(graph, stage);
  if (!("guard" in chain)) return [...chain, ...ofGraph];
  return [...ofGraph, ...rulesOfChain.flatMap((rule) => rule(chain, access))];
}
