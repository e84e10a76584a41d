import { apiEnvironment, apiFunction } from "@sst-gatehouse/blueprint/api-function";
import { edgeRoleName } from "@sst-gatehouse/blueprint/edge-role";
import {
  backendsOf,
  type Gate,
  inPascalCase,
  type NamedBackend,
} from "@sst-gatehouse/blueprint/gate";

import type { GateContext } from "./gate-context.ts";
import { lockedFor } from "./lock.ts";

/** A function as the gate has to know it: one of `sst.aws.Function`, or what was looked up of another app's. */
export interface BackendFunction {
  /** Its Function URL, which only IAM opens. */
  readonly url: $util.Output<string>;
  /** What the guard may call. */
  readonly arn: $util.Output<string>;
}

/** A function behind the guard, with the path patterns that lead to it. */
export interface GatedFunction extends NamedBackend {
  readonly function: BackendFunction;
  /** Its Function URL, once it is known that only IAM opens it. */
  readonly url: $util.Output<string>;
}

/**
 * The functions behind the guard, in the gate's order.
 *
 * @param existing functions that the app has, by the backend's name.
 * @throws {Error} for one that is no backend of the gate, and for a backend that is neither there nor has a handler. A
 *   function of the app's own that is not locked stops the deploy.
 */
export function createBackends(
  context: GateContext,
  gate: Gate,
  existing: Readonly<Record<string, BackendFunction>>,
): readonly [GatedFunction, ...GatedFunction[]] {
  const { parent, name: gateName, owner, stage, region, runtime } = context;
  const create = ({ name, handler }: NamedBackend): sst.aws.Function => {
    if (handler === undefined)
      throw new Error(
        `backends.${name} of gate.ts has no handler, and the function is not given: new Gatehouse("${gateName}", { ...gate, functions: { ${name}: … } })`,
      );
    return new sst.aws.Function(
      `${gateName}${inPascalCase(name)}`,
      lockedFor(context, {
        handler,
        // SST 3 knows none that is newer. With SST 4 the newest is what it takes by itself, and a rule holds it.
        ...(runtime === "nodejs22.x" && { runtime }),
        architecture: apiFunction.architecture,
        memory: `${stage.apiMemoryMb} MB`,
        timeout: `${stage.apiTimeoutSeconds} seconds`,
        logging: { retention: "1 month", format: "json" },
        nodejs: { minify: true },
      }),
      { parent },
    );
  };
  for (const name of Object.keys(existing))
    if (!Object.hasOwn(gate.backends, name))
      throw new Error(
        `functions.${name} is no backend of gate.ts, which has ${Object.keys(gate.backends).join(", ")}`,
      );
  const role = edgeRoleName(owner, stage.name, region);
  const [first, ...others] = backendsOf(gate).map((backend) => {
    const given = existing[backend.name];
    const own = given ?? create(backend);
    return {
      ...backend,
      function: own,
      url: given ? lockedUrl(backend.name, given, role) : own.url,
    };
  });
  if (first === undefined) throw new Error("gate.ts names no backend");
  return [first, ...others];
}

/** Of a function that `lock` has told which role is the guard's: without, its URL may be open to all. */
function lockedUrl(name: string, own: BackendFunction, role: string): $util.Output<string> {
  if (!(own instanceof sst.aws.Function)) return own.url;
  const checked = $util.all([own.url, own.nodes.function]).apply(([address, made]) =>
    made.environment.apply((environment) => {
      if (environment?.variables?.[apiEnvironment.edgeRole] === role) return address;
      throw new Error(
        `functions.${name} is not locked for this gate: make it of lock(gate, { … }), with the gate's name where the app has several`,
      );
    }),
  );
  // The environment is secret where the function has links; its address is not.
  return $util.unsecret(checked);
}
