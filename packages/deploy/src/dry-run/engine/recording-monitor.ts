import { AsyncLocalStorage } from "node:async_hooks";

import type { MockMonitorClass, RegisterRequest } from "./pulumi-sdk.ts";
import { urnOf } from "./urn.ts";

export interface MonitorEvents {
  /** A resource has been registered. */
  readonly onRegistered: (request: RegisterRequest, urn: string, id: string) => void;
  /** A component, or the stack itself, has said what it gives out. */
  readonly onOutputs: (urn: string, outputs: Readonly<Record<string, unknown>>) => void;
}

export interface RecordingMonitor {
  /** The request that is being answered; undefined while a resource is only read. */
  current(): RegisterRequest | undefined;
  /** Gives the class back as it was. */
  restore(): void;
}

/**
 * Teaches Pulumi's mock monitor what it leaves out: its mocks see a part of each request only, its URNs lack the types
 * of grandparents, and it takes the same URN twice where the engine refuses.
 *
 * Changes the class for the whole process, until it is restored.
 */
export function recordMonitor(
  MockMonitor: MockMonitorClass,
  app: string,
  stage: string,
  { onRegistered, onOutputs }: MonitorEvents,
): RecordingMonitor {
  const requests = new AsyncLocalStorage<RegisterRequest>();
  const urns = new Set<string>();
  const { prototype } = MockMonitor;
  const { newUrn, registerResource, registerResourceOutputs } = prototype;

  prototype.newUrn = (parent, type, name) => urnOf(app, stage, { parent, type, name });

  prototype.registerResource = function (request, callback) {
    const parent = request.getParent();
    const urn = urnOf(app, stage, { parent, type: request.getType(), name: request.getName() });
    if (urns.has(urn)) {
      callback(
        new Error(
          `${request.getName()} (${request.getType()}) is created twice; rename one of them`,
        ),
      );
      return Promise.resolve();
    }
    urns.add(urn);
    return requests.run(request, () =>
      registerResource.call(this, request, (error, response) => {
        if (response !== undefined) onRegistered(request, urn, response.getId());
        callback(error, response);
      }),
    );
  };

  prototype.registerResourceOutputs = function (request, callback) {
    onOutputs(request.getUrn(), request.getOutputs()?.toJavaScript() ?? {});
    return registerResourceOutputs.call(this, request, callback);
  };

  return {
    current: () => requests.getStore(),
    restore: () => Object.assign(prototype, { newUrn, registerResource, registerResourceOutputs }),
  };
}
