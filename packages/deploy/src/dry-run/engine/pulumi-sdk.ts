import { createRequire, Module } from "node:module";
import { join } from "node:path";

/** What the stand-in uses of Pulumi's Node SDK. */
export interface PulumiSdk {
  readonly runtime: {
    setMocks(
      mocks: Mocks,
      project: string,
      stack: string,
      preview: boolean,
      organization: string,
    ): Promise<void>;
    setAllConfig(config: Readonly<Record<string, string>>): void;
    runInPulumiStack(program: () => Promise<unknown>): Promise<Record<string, unknown> | undefined>;
  };
  secret(value: unknown): unknown;
}

/** What SST's components use of it. */
export interface ResourceSdk {
  readonly CustomResource: new (
    type: string,
    name: string,
    inputs: object,
    options?: object,
  ) => object;
  readonly dynamic: object;
}

export interface Mocks {
  newResource(resource: MockResource): Promise<{
    readonly id: string | undefined;
    readonly state: Readonly<Record<string, unknown>>;
  }>;
  call(call: {
    readonly token: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly provider?: string;
  }): Promise<Readonly<Record<string, unknown>>>;
}

export interface MockResource {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Of a resource that exists already and is only read. */
  readonly id?: string;
}

/** `RegisterResourceRequest` of Pulumi's protocol. Mocks are given a part of it only. */
export interface RegisterRequest {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getParent(): string;
  /** `<urn>::<id>`, or empty for the default provider. */
  getProvider(): string;
  /** Of the provider's plugin. */
  getVersion(): string;
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
  getDependenciesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  getIgnorechangesList(): string[];
  getProtect(): boolean | undefined;
  getRetainondelete(): boolean | undefined;
}

/** `RegisterResourceOutputsRequest`: what a component tells of itself, a program of its stack. */
export interface OutputsRequest {
  getUrn(): string;
  getOutputs(): { toJavaScript(): Record<string, unknown> } | undefined;
}

export type RegisterCallback = (
  error: Error | null,
  response?: { getUrn(): string; getId(): string },
) => void;

/** Pulumi's own stand-in for its engine. Not public, and unchanged for years. */
export interface MockMonitorClass {
  readonly prototype: {
    newUrn: (parent: string, type: string, name: string) => string;
    registerResource: (
      this: unknown,
      request: RegisterRequest,
      callback: RegisterCallback,
    ) => Promise<void>;
    registerResourceOutputs: (
      this: unknown,
      request: OutputsRequest,
      callback: unknown,
    ) => Promise<void>;
  };
}

/**
 * Loads the SDK that the evaluated program loads too. It has to be the same instance: the mocks live in its memory.
 *
 * @param platform SST's `.sst/platform`.
 */
export function loadPulumi(platform: string): {
  readonly sdk: PulumiSdk;
  readonly MockMonitor: MockMonitorClass;
  /** Whether the program still waits for something although nothing is left to do. */
  readonly isWaiting: () => boolean;
  /** Gives a program its own state of the SDK, so that another can be run later. */
  readonly isolated: <T>(work: () => Promise<T>) => Promise<T>;
} {
  const require = createRequire(join(platform, "package.json"));
  loadWhenCalled(require, "serializeClosure", ["serializeFunction", "serializeFunctionAsync"]);
  loadWhenCalled(require, "codePaths", ["computeCodePaths"]);
  const sdk: PulumiSdk = require("@pulumi/pulumi");
  const mocks: { MockMonitor: MockMonitorClass } = require("@pulumi/pulumi/runtime/mocks");
  const debuggable: {
    leakedPromises: () => readonly [Set<unknown>, string];
  } = require("@pulumi/pulumi/runtime/debuggable");
  const state: {
    withLocalStorage: <T>(work: () => Promise<T>) => Promise<T>;
  } = require("@pulumi/pulumi/runtime/state");
  return {
    sdk,
    MockMonitor: mocks.MockMonitor,
    isWaiting: () => debuggable.leakedPromises()[0].size > 0,
    isolated: (work) => state.withLocalStorage(work),
  };
}

/** What turns functions into text loads TypeScript and npm, half of all that the SDK loads, and few programs need it. */
function loadWhenCalled(require: NodeJS.Require, name: string, functions: readonly string[]): void {
  const file = require.resolve(`@pulumi/pulumi/runtime/closure/${name}`);
  if (require.cache[file] !== undefined) return;
  const placeholder = new Module(file);
  const load = (): Readonly<Record<string, (...args: readonly unknown[]) => unknown>> => {
    if (require.cache[file] === placeholder) delete require.cache[file];
    return require(file);
  };
  placeholder.exports = Object.fromEntries(
    functions.map((one) => [one, (...args: readonly unknown[]) => load()[one]?.(...args)]),
  );
  require.cache[file] = placeholder;
}

/**
 * The SDK for SST's own components. Pulumi turns the provider of a dynamic resource into text, so that its engine can run
 * it later; SST's only call its CLI, and no graph has that text.
 */
export function withoutProviderText(sdk: ResourceSdk): ResourceSdk {
  class Resource extends sdk.CustomResource {
    constructor(_provider: object, name: string, inputs: object, options?: object) {
      super("pulumi-nodejs:dynamic:Resource", name, inputs, options);
    }
  }
  const dynamic = Object.create(sdk.dynamic, { Resource: { value: Resource } });
  return Object.create(sdk, { dynamic: { value: dynamic } });
}
