import { type AppClientName, appClientNames } from "@sst-gatehouse/blueprint/app-clients";
import { gateType } from "@sst-gatehouse/blueprint/gate";
import { guardName } from "@sst-gatehouse/blueprint/guard-function";
import { parameterNames, parameterPrefix } from "@sst-gatehouse/blueprint/parameters";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

import { type Graph, type Resource, resourcesOf } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import { appOrigins } from "./app-origins.ts";
import { functionAt } from "./function-url-hosts.ts";
import { toList, toObject } from "../../../dry-run/graph/json.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import { isOfGate, isRedirect } from "./ownership.ts";
import type { PartKey } from "./part-key.ts";
import type { Violation } from "../violation.ts";
import { findPeople, foundOf, type People } from "./people.ts";
import { findSite, type SiteParts } from "./site-parts.ts";

/** The parts between a browser and a gate's first backend, each there exactly once. */
export interface Chain extends Readonly<Record<Part, Resource>> {
  /** All that is deployed: what could reach the chain. */
  readonly graph: Graph;
  /** What the gate has and guards; all of the graph, where nothing else may be in it. */
  readonly parts: Graph;
  /** With the domain that the gate was given, where the settings have none. */
  readonly stage: Stage;
  /** Further names that the app was given beside its domain. */
  readonly aliases: readonly string[];
  /** Whether the gate has made the backend; otherwise its memory, runtime and log are the app's own to choose. */
  readonly ownBackend: boolean;
  /** Hosts of the distribution that are the app's own, where the distribution is. */
  readonly appOrigins: ReadonlySet<unknown>;
  /** The stage's functions that CloudFront leads to by their Function URLs. */
  readonly backends: readonly Resource[];
  /** By the name under which the guard learns their ids. */
  readonly clients: ReadonlyMap<AppClientName, Resource>;
  readonly users: People;
  /** Absent for a gate without a front end. */
  readonly site: SiteParts | undefined;
}

type Part = keyof ReturnType<typeof partKeys>;

/** @param gate its name, and the name of the function that is its first backend. */
function partKeys({ app, stage }: Graph, { gate, backend }: GateNames) {
  return {
    distribution: { type: awsTypes.distribution },
    guard: { type: awsTypes.function, name: guardName(app, stage) },
    guardRole: { type: awsTypes.role, name: `${gate}GuardRole` },
    functionUrl: { type: awsTypes.functionUrl, name: `${backend}Url` },
    backend: { type: awsTypes.function, name: `${backend}Function` },
    backendRole: { type: awsTypes.role, name: `${backend}Role` },
  } satisfies Record<string, PartKey>;
}

interface GateNames {
  readonly gate: string;
  readonly backend: string;
}

function gateOf(graph: Graph): Resource | undefined {
  return resourcesOf(graph, gateType)[0];
}

/** A domain that is no setting of the stage but was given to the gate. */
function domainOf(parts: Graph, distribution: Resource): string | undefined {
  const url = gateOf(parts)?.outputs["url"];
  const host = typeof url === "string" && URL.canParse(url) ? new URL(url).host : undefined;
  return host === distribution.outputs["domainName"] ? undefined : host;
}

function gateNames(graph: Graph): GateNames | undefined {
  const gate = gateOf(graph);
  const [backend] = toList(gate?.outputs["backends"]);
  return gate === undefined ? undefined : { gate: gate.name, backend: String(backend) };
}

/**
 * Finds the parts of the chain, so that no rule passes for want of something to look at.
 *
 * @param parts where they are looked for: all of the graph, or what belongs to one gate.
 * @returns the chain, or a violation for each part that is missing or there more than once.
 */
export function findChain(
  graph: Graph,
  stage: Stage,
  parts: Graph = graph,
): Chain | readonly Violation[] {
  const violations: Violation[] = [];
  const resources: Partial<Record<string, Resource>> = {};
  const names = gateNames(parts);
  if (names === undefined) return [countViolation({ type: gateType }, 0)];
  const keys = partKeys(graph, names);
  for (const [part, key] of Object.entries<PartKey>(keys)) {
    const [resource, ...others] = resourcesOf(parts, key.type).filter(
      (one) => (key.name === undefined || one.name === key.name) && !isRedirect(graph, one),
    );
    if (resource !== undefined && others.length === 0) resources[part] = resource;
    else violations.push(countViolation(key, resource === undefined ? 0 : others.length + 1));
  }
  const clients = findClients(parts, stage, violations);
  const users = findPeople(graph, stage, parts);
  if ("missing" in users)
    violations.push(...users.missing.map((found) => countViolation(...found)));
  if (violations.length > 0 || !isComplete(keys, resources) || "missing" in users)
    return violations;
  const own = appOrigins(graph, parts, resources.distribution);
  return {
    graph,
    parts,
    stage: { ...stage, domain: stage.domain ?? domainOf(parts, resources.distribution) },
    aliases: toList(gateOf(parts)?.outputs["aliases"]).map(String),
    ...resources,
    ownBackend: isOfGate(graph, resources.backend),
    appOrigins: own,
    backends: functionsBehind(graph, resources.distribution, own),
    clients,
    users,
    site: findSite(graph, parts),
  };
}

function isComplete(
  keys: object,
  resources: Partial<Record<string, Resource>>,
): resources is Record<Part, Resource> {
  return Object.keys(keys).every((part) => resources[part] !== undefined);
}

/** The functions of a deployment that a distribution leads to by their Function URLs, each once. @param but hosts of others. */
export function functionsBehind(
  graph: Graph,
  distribution: Resource,
  but: ReadonlySet<unknown> = new Set(),
): readonly Resource[] {
  const found = toList(inputOf(distribution, "origins"))
    .map((origin) => toObject(origin)["domainName"])
    .flatMap((host) => (but.has(host) ? [] : (functionAt(graph, host) ?? [])));
  return [...new Set(found)];
}

/** A client is what the guard takes it for: the one whose id stands in the parameter of that name. */
function findClients(
  graph: Graph,
  stage: Stage,
  violations: Violation[],
): ReadonlyMap<AppClientName, Resource> {
  const clients = new Map<AppClientName, Resource>();
  for (const client of appClientNames(stage)) {
    const parameter = `${parameterPrefix(graph.app, graph.stage)}/${parameterNames.client(client)}`;
    const ids = resourcesOf(graph, awsTypes.parameter)
      .filter((resource) => inputOf(resource, "name") === parameter)
      .map((resource) => inputOf(resource, "value"));
    const [resource, ...others] = resourcesOf(graph, awsTypes.userPoolClient).filter((candidate) =>
      ids.includes(attributeOf(candidate, "id")),
    );
    if (resource !== undefined && others.length === 0 && ids.length === 1) {
      clients.set(client, resource);
    } else {
      violations.push({
        rule: resource === undefined ? "part-missing" : "part-duplicate",
        resource: `${awsTypes.userPoolClient}::${client}`,
        message: `the guard learns the app client ${client} from the parameter ${parameter}, which does not exist once with the id of one client of this stage, so the guard would refuse everybody who signs in through that client, or trust an unknown one: write the id of the stage's client to it`,
      });
    }
  }
  return clients;
}

function countViolation({ type, name }: PartKey, count: number): Violation {
  return {
    rule: count === 0 ? "part-missing" : "part-duplicate",
    resource: `${type}::${name ?? "*"}`,
    message: `the stage has ${count === 0 ? "none" : count} of these and needs exactly one, so what depends on it could not be checked: declare it once${name === undefined ? "" : ", under this name"}`,
  };
}

/** The identity providers of clients: of a pool that was there those that they offer, and of the gate's own all. */
export function providersOf(chain: Chain, clients: readonly Resource[]): readonly Resource[] {
  const offered = clients.flatMap((client) =>
    toList(inputOf(client, "supportedIdentityProviders")),
  );
  return ofPool(chain, awsTypes.identityProvider).filter(
    (provider) => chain.users.own || offered.includes(attributeOf(provider, "providerName")),
  );
}

/** What a pool has of a type: providers, groups, clients. Whoever declares it, it counts for the gate's people. */
export function ofPool({ graph, parts, users }: Chain, type: string): readonly Resource[] {
  return [...resourcesOf(graph, type), ...foundOf(graph, type)].filter(
    (resource) =>
      parts.resources.includes(resource) || inputOf(resource, "userPoolId") === users.id,
  );
}
