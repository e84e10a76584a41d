/** Everything that a deployment of one stage would register, recorded without deploying it. */
export interface Graph {
  readonly app: string;
  readonly stage: string;
  /** Whether this is what `sst dev` would deploy. */
  readonly dev: boolean;
  /** What `app()` returned about the whole stage. */
  readonly removal: string;
  readonly protect: boolean;
  /** Home region. */
  readonly region: string;
  /** The version of the AWS provider, such as `6.83.4`. */
  readonly awsProvider: string;
  /** What `run()` returned, in JSON: secrets as `{"<secret>": …}`. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** What was asked about things that others deploy, sorted. */
  readonly lookups: readonly Lookup[];
  /** Sorted by type and name. */
  readonly resources: readonly Resource[];
}

export interface Lookup {
  /** Pulumi's token, such as `aws:lambda/getFunctionUrl:getFunctionUrl`. */
  readonly token: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What AWS would have answered, made up. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface Resource {
  /** Pulumi's token, such as `aws:lambda/function:Function`. */
  readonly type: string;
  /** Logical name, such as `GateApiFunction`. */
  readonly name: string;
  readonly urn: string;
  /** The region of the provider it belongs to; absent for what is not AWS's. */
  readonly region?: string;
  /** `<type>::<name>` of the component it belongs to. */
  readonly parent?: string;
  /** Whether it only groups others. */
  readonly component: boolean;
  /** `<type>::<name>` of what has to exist first, sorted. */
  readonly dependsOn: readonly string[];
  readonly options: {
    readonly protect?: boolean;
    readonly retainOnDelete?: boolean;
    readonly ignoreChanges?: readonly string[];
  };
  /** As sent to the provider, in JSON: secrets as `{"<secret>": …}`, archives as `{"archive": {<file>: {sha256, bytes}}}`, where a `settings.json` and an `access.json` have their `text` too. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What AWS would have filled in, made up: ARNs, ids and names. Of a component, what it registered. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** All resources of one type, in their order. */
export function resourcesOf(graph: Graph, type: string): readonly Resource[] {
  return graph.resources.filter((resource) => resource.type === type);
}
