import { apiFunction } from "@sst-gatehouse/blueprint/api-function";
import { guardFunction } from "@sst-gatehouse/blueprint/guard-function";
import { buildEdge } from "@sst-gatehouse/edge/build";
import { buildFunctions } from "@sst-gatehouse/functions/build";

/** Code of one function, as Lambda would unpack it. */
export interface Bundle {
  readonly directory: string;
  /** `<file without extension>.<export>` */
  readonly handler: string;
}

/** The code of both functions. */
export interface Bundles {
  readonly edge: Bundle;
  readonly functions: Bundle;
}

/**
 * Puts the code of both functions into two empty directories. The guard's settings are added to its directory
 * afterwards, and the access rules too where the source leaves no `access.json`: a deployment's code comes with its
 * own.
 *
 * @returns the same directories, with the handlers.
 */
export type CodeSource = (into: {
  readonly edge: string;
  readonly functions: string;
}) => Promise<Bundles>;

/**
 * Builds both functions as they are deployed.
 *
 * @returns a source that rejects with the bundler's messages.
 */
export function builtFromSource({ backendEntry }: { readonly backendEntry: string }): CodeSource {
  return async ({ edge, functions }) => {
    await Promise.all([buildEdge(edge), buildFunctions(functions, backendEntry)]);
    return {
      edge: { directory: edge, handler: guardFunction.handler },
      functions: { directory: functions, handler: apiFunction.handler },
    };
  };
}
