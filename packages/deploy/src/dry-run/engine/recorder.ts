import type { Lookup, Resource } from "../graph/graph.ts";
import { foundOutputs, madeUpOutputs, knownOfFound } from "./made-up-outputs.ts";
import { answerProviderCall, isLookup } from "./provider-calls.ts";
import type { Mocks, MockMonitorClass, PulumiSdk, RegisterRequest } from "./pulumi-sdk.ts";
import { recordValue, withoutMarks } from "./recorded-value.ts";
import { recordMonitor } from "./recording-monitor.ts";
import { shortUrn } from "./urn.ts";

export interface RecorderOptions {
  readonly app: string;
  readonly stage: string;
  /** Of the default provider. */
  readonly region: string;
  /** Parameter Store as an earlier deploy left it. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Directories that count as the project's, the one it runs in first. */
  readonly roots: readonly [string, ...string[]];
}

export interface Recorder {
  readonly mocks: Mocks;
  /** Sorted by type and name. */
  resources(): readonly Resource[];
  /** What was asked about things that others deploy, each once, sorted. */
  lookups(): readonly Lookup[];
  /** The version of the AWS provider; empty when nothing is AWS's. */
  awsProvider(): string;
  /** What the program returned, secrets marked. */
  outputs(): Readonly<Record<string, unknown>>;
  /** By URN: the files and directories of the assets and archives among a resource's inputs. */
  files(): Readonly<Record<string, readonly string[]>>;
  /** Leaves Pulumi's SDK as it was, for another recorder. */
  release(): void;
}

/** Answers as Pulumi's engine and AWS would, and keeps what was asked for. */
export function createRecorder(
  { sdk, MockMonitor }: { readonly sdk: PulumiSdk; readonly MockMonitor: MockMonitorClass },
  { app, stage, region, parameters, roots }: RecorderOptions,
): Recorder {
  const resources: Resource[] = [];
  const lookups = new Map<string, Lookup>();
  const files: Record<string, readonly string[]> = {};
  let awsProvider = "";
  let outputsOfStack: Readonly<Record<string, unknown>> = {};
  /** By URN. */
  const outputsOfComponents = new Map<string, Readonly<Record<string, unknown>>>();
  const drafts = new Map<RegisterRequest, Omit<Resource, "urn"> & { files: readonly string[] }>();
  /** Region by `<urn>::<id>` of each provider. */
  const providers = new Map<string, string>();
  const stack = `${app}/${stage}`;

  const recordOutputs = async (urn: string, outputs: unknown): Promise<void> => {
    const { value } = await recordValue(outputs, roots);
    if (shortUrn(urn).startsWith("pulumi:pulumi:Stack::")) outputsOfStack = toObject(value);
    else outputsOfComponents.set(urn, toObject(value));
  };

  const monitor = recordMonitor(MockMonitor, app, stage, {
    onRegistered(request, urn, id) {
      const draft = drafts.get(request);
      if (draft === undefined) return;
      drafts.delete(request);
      const { files: found, ...resource } = draft;
      resources.push({ urn, ...resource });
      if (found.length > 0) files[urn] = found;
      const own = resource.inputs["region"];
      if (resource.type === "pulumi:providers:aws" && typeof own === "string")
        providers.set(`${urn}::${id}`, own);
    },
    onOutputs(urn, outputs) {
      // Here alone secrets still have their marks; what `run()` resolves to is the bare values.
      void recordOutputs(urn, outputs);
    },
  });

  const regionOf = (provider: string | undefined): string =>
    provider === undefined || provider === "" ? region : (providers.get(provider) ?? region);

  const mocks: Mocks = {
    async newResource({ type, name, inputs, id: existing }) {
      const request = monitor.current();
      const where = regionOf(request?.getProvider());
      const component = request !== undefined && !request.getCustom();
      const sent = request?.getObject()?.toJavaScript() ?? {};
      delete sent["__provider"]; // the code of a dynamic resource
      const read = request === undefined ? foundOutputs(type, existing ?? "") : undefined;
      if (read !== undefined)
        lookups.set(`${type} ${existing}`, {
          token: type,
          inputs: { id: existing },
          outputs: read,
        });
      const isFound = existing !== undefined && existing !== "";
      const outputs = component
        ? {}
        : (read ?? {
            ...madeUpOutputs({
              type,
              name,
              inputs: toObject(withoutMarks(sent)),
              region: where,
              stack,
            }),
            ...(isFound ? knownOfFound(type, existing) : {}),
          });
      if (type.startsWith("aws:")) awsProvider = request?.getVersion() ?? awsProvider;
      if (request !== undefined) {
        const { value, files: found } = await recordValue(sent, roots);
        drafts.set(request, {
          type,
          name,
          ...(type.startsWith("aws:") ? { region: where } : {}),
          ...(request.getParent() === "" ? {} : { parent: shortUrn(request.getParent()) }),
          component,
          dependsOn: request.getDependenciesList().map(shortUrn).toSorted(),
          options: optionsOf(request),
          inputs: toObject(value),
          outputs,
          files: found,
        });
      }
      const { id, ...state }: { id?: string } = outputs;
      return {
        id: isFound ? existing : id,
        state: { ...inputs, ...secretly(sdk, state, request) },
      };
    },
    async call({ token, inputs, provider }) {
      try {
        const call = { token, inputs, region: regionOf(provider) };
        const outputs = answerProviderCall(call, parameters);
        if (isLookup(token)) lookups.set(JSON.stringify(call), { token, inputs, outputs });
        return outputs;
      } catch (error) {
        // Of an error in a call, the SDK passes on what gRPC calls its details.
        throw error instanceof Error ? Object.assign(error, { details: error.message }) : error;
      }
    },
  };

  return {
    mocks,
    resources: () =>
      resources
        .map((resource) => ({
          ...resource,
          outputs: outputsOfComponents.get(resource.urn) ?? resource.outputs,
        }))
        .toSorted((a, b) => compare(`${a.type} ${a.name}`, `${b.type} ${b.name}`)),
    lookups: () => [...lookups].toSorted(([a], [b]) => compare(a, b)).map(([, lookup]) => lookup),
    awsProvider: () => awsProvider,
    outputs: () => outputsOfStack,
    files: () => files,
    release: () => monitor.restore(),
  };
}

/** What the engine does with outputs that a resource's class calls secret. */
function secretly(
  sdk: PulumiSdk,
  outputs: Readonly<Record<string, unknown>>,
  request: RegisterRequest | undefined,
): Record<string, unknown> {
  const secrets = new Set(request?.getAdditionalsecretoutputsList());
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [
      key,
      secrets.has(key) ? sdk.secret(value) : value,
    ]),
  );
}

function optionsOf(request: RegisterRequest): Resource["options"] {
  const ignoreChanges = request.getIgnorechangesList();
  return {
    ...(request.getProtect() === true ? { protect: true } : {}),
    ...(request.getRetainondelete() === true ? { retainOnDelete: true } : {}),
    ...(ignoreChanges.length > 0 ? { ignoreChanges } : {}),
  };
}

function toObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
