import type { GateAccess } from "@sst-gatehouse/blueprint/gate";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

import type { Graph, Resource } from "../../dry-run/graph/graph.ts";
import { labelOf } from "../../dry-run/graph/label-of.ts";
import { type PathAccess, protectedPaths, publicPaths } from "./access-paths.ts";
import { type AddressInPlan, publicAddresses } from "./addresses.ts";
import { type ClientInPlan, clientsOf } from "./clients-in-plan.ts";
import { type CodeFileInPlan, codeOf } from "./code-in-plan.ts";
import { type ResourceInPlan, resourcesInPlan } from "./resources-in-plan.ts";
import { type RoleInPlan, rolesOf } from "./roles-in-plan.ts";
import { type SettingInPlan, stageSettings } from "./stage-settings.ts";
import {
  type FunctionUrlInPlan,
  functionUrlsOf,
  type PathInPlan,
  pathsOf,
  permissionsOf,
} from "./ways-in.ts";
import type { Violation } from "../rules/violation.ts";

/** What a deployment of a stage would make and allow, for a reviewer; without secrets. */
export interface Plan {
  readonly app: string;
  readonly stage: string;
  readonly settings: readonly SettingInPlan[];
  /** What answers strangers. */
  readonly addresses: readonly AddressInPlan[];
  /** What anybody may call without signing in. */
  readonly publicPaths: readonly PathAccess[];
  readonly protectedPaths: readonly PathAccess[];
  /** Origins whose scripts may call with a bearer token. */
  readonly corsOrigins: readonly string[];
  readonly paths: readonly PathInPlan[];
  readonly functionUrls: readonly FunctionUrlInPlan[];
  /** Resource policies of functions, in words. */
  readonly permissions: readonly string[];
  readonly clients: readonly ClientInPlan[];
  readonly roles: readonly RoleInPlan[];
  readonly code: readonly CodeFileInPlan[];
  readonly resources: readonly ResourceInPlan[];
  /** Labels of what the app has besides its gates, which no rule looks at. */
  readonly unchecked: readonly string[];
  readonly violations: readonly Violation[];
}

/**
 * Describes the graph of a stage. Parts that are missing or malformed are told as they are, never an error: what is
 * wrong with them is among the violations.
 */
export function createPlan(
  graph: Graph,
  stage: Stage,
  access: GateAccess,
  violations: readonly Violation[],
  unchecked: readonly Resource[] = [],
): Plan {
  return {
    app: graph.app,
    stage: graph.stage,
    settings: stageSettings(graph, stage),
    addresses: publicAddresses(graph),
    publicPaths: publicPaths(access),
    protectedPaths: protectedPaths(access),
    corsOrigins: stage.corsOrigins,
    paths: pathsOf(graph),
    functionUrls: functionUrlsOf(graph),
    permissions: permissionsOf(graph),
    clients: clientsOf(graph),
    roles: rolesOf(graph),
    code: codeOf(graph),
    resources: resourcesInPlan(graph),
    unchecked: unchecked.map(labelOf),
    violations,
  };
}
