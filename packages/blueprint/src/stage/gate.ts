import type { AccessNames } from "../aws/access-names.ts";
import { checkClaims } from "../aws/claims.ts";
import { everyPath } from "../aws/path-pattern.ts";
import { checkRegion } from "../aws/region.ts";
import { isDocumentUrl } from "../protocol/client-documents.ts";
import { behaviorsOf } from "./behaviors.ts";
import { checkSite, type Site, type StaticSite } from "./site.ts";
import {
  checkExistingPool,
  defineStages,
  resolveStage,
  type Stage,
  type Stages,
} from "./stages.ts";

/** The access rules of an app, as `defineAccess` makes them, in the order in which they are tried. */
export interface GateAccess extends AccessNames {
  readonly rules: readonly GateRule[];
  /** Where OAuth clients find their way by themselves. */
  readonly resource?: { readonly path: string; readonly scopes: readonly string[] };
  /** What callers get for requests, by method and path, and by a word for the caller. */
  readonly examples?: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface GateRule {
  /** The rule's name, such as `POST /books/*`. */
  readonly text: string;
  readonly method: string | undefined;
  readonly access:
    | string
    | {
        readonly groups?: readonly string[];
        readonly scopes?: readonly string[];
        readonly services?: readonly string[];
      };
  /** Of the senders', for the backend to judge; the guard reads it where this is missing. */
  readonly authorization?: "own";
  /** `whole`: this path only; otherwise all that begins with it. */
  readonly exact: { readonly whole: boolean; readonly path: string };
}

/** A function behind the guard. */
export interface Backend {
  /** `<file without its ending>.<export>`, from the folder of `sst.config.ts`. Absent for a function of another app. */
  readonly handler?: string;
  /** CloudFront's path patterns that lead to it. `["/*"]`, which takes what no other backend takes, when left out. */
  readonly paths?: readonly string[];
}

/** What an app says of its gate: plain data, which `sst.config.ts` and the `gatehouse` command both read. */
export interface Gate<Access extends GateAccess = GateAccess> {
  readonly app: {
    /** Begins every name at AWS: lower-case letters, digits and hyphens. */
    readonly name: string;
    /** The app's home. The guard runs everywhere. */
    readonly region: string;
  };
  readonly access: Access;
  /** By a name of yours in camel case; what a backend is called at AWS is made of it. The first is the app's main one. */
  readonly backends: Readonly<Record<string, Backend>>;
  /** A front end of files, on the same address. */
  readonly site?: Site | StaticSite;
  /**
   * The id of a user pool that is there already, with its people: the gate adds its app clients and changes nothing else
   * (docs/adopt.md). For every stage, or by the stage's name; a stage without one gets a pool of its own.
   */
  readonly users?: string | Readonly<Record<string, string>>;
  /** Only `default: {}` when left out. */
  readonly stages?: Stages;
  /** What the functions are given on a developer's machine, where nothing is deployed that could give it. */
  readonly local?: LocalSettings;
}

export interface LocalSettings {
  /** What `Resource` of SST says, by the name of the link: `{ Covers: { name: "shelf-covers" } }`. */
  readonly links?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Environment variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A development server for the site, in place of its built files: `http://localhost:5173`. */
  readonly site?: string;
  /**
   * Where the local stack finds clients' documents that are not on the web yet: a server on this machine by the address that
   * is the client's id, `{ "https://client.example/client.json": "http://localhost:8080/client.json" }`.
   */
  readonly clientDocuments?: Readonly<Record<string, string>>;
}

/**
 * Declares the gate of an app.
 *
 * @throws {TypeError} that says which part is wrong, and what to write.
 */
export function defineGate<const G extends Gate>(gate: G): G {
  const refuse = (what: string, why: string): never => {
    throw new TypeError(`gate.ts: ${what} ${why}`);
  };
  const known = ["app", "access", "backends", "site", "users", "stages", "local"];
  for (const member of Object.keys(gate))
    if (!known.includes(member))
      refuse(member, `is not known; the members are ${known.join(", ")}`);
  checkRegion(gate.app.region);
  if (gate.stages !== undefined) defineStages(gate.stages);
  if (!Array.isArray(gate.access?.rules))
    refuse(
      "access",
      "must come from defineAccess, such as access: defineAccess({ scopes, rules })",
    );
  for (const [what, id] of Object.entries(poolsOf(gate)))
    if (typeof id !== "string" || !isPoolOf(gate.app.region, id))
      refuse(
        what,
        `must be the id of a user pool in ${gate.app.region}, such as "${gate.app.region}_AbCdEfGhI"`,
      );
  checkLocal(gate.local ?? {}, refuse);
  if (gate.site !== undefined) checkSite(gate.site, refuse);
  else if (gate.local?.site !== undefined)
    refuse("local.site", "is about a site, and the gate has none; add site: { path }");
  const backends = Object.entries(gate.backends ?? {});
  if (backends.length === 0)
    refuse("backends", 'names no backend, such as { api: { handler: "src/index.handler" } }');
  const taken = new Map<string, string>();
  for (const [name, { handler, paths }] of backends) {
    const what = `backends.${name}`;
    if (!/^[a-z][A-Za-z0-9]{0,20}$/.test(name))
      refuse(what, "must have a name in camel case, of 21 letters and digits at most");
    if (handler !== undefined && !/^(?!\/)(?!.*\.\.\/).+\.\w+$/.test(handler))
      refuse(
        `${what}.handler`,
        'must be a file without its ending and an export of it, from the folder of sst.config.ts, such as "src/index.handler"',
      );
    if (paths?.length === 0) refuse(`${what}.paths`, 'is empty; leave it out for ["/*"]');
    for (const path of paths ?? [everyPath]) {
      if (typeof path !== "string" || !/^\/[\w.~$!'()+,;=:@/*?-]*$/.test(path))
        refuse(
          `${what}.paths`,
          `has ${JSON.stringify(path)}; a path begins with /, such as "/books*"`,
        );
      const other = taken.get(path);
      if (other !== undefined)
        refuse(
          `${what}.paths`,
          `has ${path}, which leads to ${other} already; each path has one backend`,
        );
      taken.set(path, name);
    }
  }
  behaviorsOf(gate, backendsOf(gate));
  return gate;
}

/** A server on this machine. */
const serverHere = String.raw`http://(?:localhost|127\.0\.0\.1|\[::1\]):\d{1,5}`;
const isServerHere = new RegExp(`^${serverHere}$`);
const isFileHere = new RegExp(`^${serverHere}/[\\w./~-]*$`);

function checkLocal(
  { links = {}, environment = {}, site, clientDocuments = {}, ...others }: LocalSettings,
  refuse: (what: string, why: string) => never,
): void {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    refuse(
      `local.${unknown}`,
      "is not known; the members are links, environment, site, clientDocuments",
    );
  for (const [id, address] of Object.entries(clientDocuments)) {
    if (!isDocumentUrl(id))
      refuse(
        "local.clientDocuments",
        `has ${JSON.stringify(id)}, which is not a client's id: write the https address of its document`,
      );
    if (typeof address !== "string" || !isFileHere.test(address))
      refuse(
        "local.clientDocuments",
        `says that ${id} is at ${JSON.stringify(address)}: write the address of a server on this machine, such as "http://localhost:8080/client.json"`,
      );
  }
  if (site !== undefined && !isServerHere.test(site))
    refuse(
      "local.site",
      'must be the address of a development server on this machine, such as "http://localhost:5173"',
    );
  for (const [name, link] of Object.entries(links))
    if (typeof link !== "object" || link === null)
      refuse(`local.links.${name}`, 'must be an object, such as { name: "shelf-covers" }');
  for (const [name, value] of Object.entries(environment)) {
    if (typeof value !== "string") refuse(`local.environment.${name}`, "must be a text");
    if (/^(?:AWS|GATEHOUSE|SST)_/.test(name))
      refuse(`local.environment.${name}`, "has a name that belongs to AWS, SST or Gatehouse");
  }
}

/** A backend with its name and its path patterns. */
export interface NamedBackend extends Backend {
  readonly name: string;
  readonly paths: readonly string[];
}

/** The backends of a gate, in their order. */
export function backendsOf({ backends }: Pick<Gate, "backends">): readonly NamedBackend[] {
  return Object.entries(backends).map(([name, backend]) => ({
    paths: [everyPath],
    ...backend,
    name,
  }));
}

/** The component that a gate is. */
export const gateType = "gatehouse:index:Gatehouse";

/** The name of an app's only gate. What a gate of another name has at AWS bears that name after the app's. */
export const firstGate = "Gate";

/** How the name of a backend or an app client stands inside a longer name. @param name in camel case. */
export function inPascalCase(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** Begins what is named by app and stage. @param gate its name, in Pascal case. */
export function gateOwner(app: string, gate: string): string {
  const words = gate.replaceAll(/(?<!^)(?=[A-Z])/g, "-").toLowerCase();
  return gate === firstGate ? app : `${app}-${words}`;
}

/** The stages of a gate. */
export function stagesOf({ stages = { default: {} } }: Pick<Gate, "stages">): Stages {
  return stages;
}

/** One stage of a gate, with what the access rules decide of it, and the user pool that it is given. */
export function stageOfGate(gate: Pick<Gate, "stages" | "access" | "users">, name: string): Stage {
  const stage = resolveStage(stagesOf(gate), name, gate.access);
  const pools = poolsOf(gate);
  const userPoolId = pools["users"] ?? pools[`users.${name}`];
  checkClaims(gate.access, { ...stage, userPoolId });
  if (stage.cimdUrlPatterns.length > 0 && gate.access.resource === undefined)
    throw new TypeError(
      `stages.ts: stage ${name}: cimdUrlPatterns is for clients of a resource, and access.ts declares none: add resource: { path, scopes }`,
    );
  return userPoolId === undefined ? stage : { ...checkExistingPool(stage), userPoolId };
}

/** The user pools that stages are given, by the member that names them. */
function poolsOf({ users }: Pick<Gate, "users">): Readonly<Record<string, string>> {
  if (users === undefined) return {};
  return typeof users === "object"
    ? Object.fromEntries(Object.entries(users).map(([stage, id]) => [`users.${stage}`, id]))
    : { users };
}

/** Whether a text is the id of a user pool of a region. */
export function isPoolOf(region: string, userPoolId: string): boolean {
  return (
    userPoolId.startsWith(`${region}_`) &&
    /^[A-Za-z0-9]{1,40}$/.test(userPoolId.slice(region.length + 1))
  );
}
