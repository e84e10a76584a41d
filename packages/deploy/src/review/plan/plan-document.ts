import type { GateAccess } from "@sst-gatehouse/blueprint/gate";
import { guardName } from "@sst-gatehouse/blueprint/guard-function";

import { awsTypes } from "../../dry-run/graph/aws-types.ts";
import { type Graph, type Resource, resourcesOf } from "../../dry-run/graph/graph.ts";
import { isObject, secretMark, toObject } from "../../dry-run/graph/json.ts";
import { inputOf } from "../../dry-run/graph/resource-values.ts";
import { type Violation, whatAndMend } from "../rules/violation.ts";
import { admits } from "../access/admits.ts";
import { codeHash } from "./code-hash.ts";

/** A plan for policy tools. Others rely on its shape; what is secret is `"[secret]"`. */
export interface PlanDocument {
  readonly app: string;
  readonly stage: string;
  /** All that is not only a group of others; `region` is null for what is not AWS's. */
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly region: string | null;
    readonly inputs: unknown;
    readonly options: unknown;
  }[];
  /** What the app has besides its gates, which no rule looks at; nothing in the strict world. */
  readonly unchecked: readonly { readonly type: string; readonly name: string }[];
  /** The rules of `access.ts` in the order in which they are tried. */
  readonly access: readonly { readonly rule: string; readonly admits: string }[];
  readonly guard: {
    /** Of Gatehouse. */
    readonly version: string;
    /** Of the guard's code; null without a guard. See `codeHash`. */
    readonly sha256: string | null;
  };
  readonly outputs: unknown;
  readonly violations: readonly {
    readonly rule: string;
    readonly resource: string;
    readonly what: string;
    readonly mend: string;
  }[];
}

export interface PlanSource {
  readonly graph: Graph;
  readonly access: GateAccess;
  readonly violations: readonly Violation[];
  readonly unchecked: readonly Resource[];
  /** Of Gatehouse. */
  readonly version: string;
}

export function createPlanDocument({
  graph,
  access,
  violations,
  unchecked,
  version,
}: PlanSource): PlanDocument {
  const { app, stage, resources, outputs } = graph;
  return {
    app,
    stage,
    resources: resources
      .filter(({ component }) => !component)
      .map(({ type, name, region, inputs, options }) => ({
        type,
        name,
        region: region ?? null,
        inputs: withoutSecrets(inputs),
        options,
      })),
    unchecked: unchecked.map(({ type, name }) => ({ type, name })),
    access: access.rules.map((rule) => ({ rule: rule.text, admits: admits(rule) })),
    guard: { version, sha256: guardHash(graph) },
    outputs: withoutSecrets(outputs),
    violations: violations.map(({ rule, resource, message }) => ({
      rule,
      resource,
      ...whatAndMend(message),
    })),
  };
}

/** Null without a guard. */
function guardHash(graph: Graph): string | null {
  const name = guardName(graph.app, graph.stage);
  const guard = resourcesOf(graph, awsTypes.function).find((resource) => resource.name === name);
  if (guard === undefined) return null;
  const files = Object.entries(toObject(toObject(inputOf(guard, "code"))["archive"]));
  return codeHash(
    Object.fromEntries(files.map(([file, content]) => [file, String(toObject(content)["sha256"])])),
  );
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, secretMark)) return "[secret]";
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withoutSecrets(member)]),
  );
}
