import type { Graph } from "../graph/graph.ts";

/** What `main.ts` is told, in a file that its first argument names. */
export interface StandInSettings {
  /** The directory that is evaluated. */
  readonly root: string;
  /** Where it was copied from: neither path may occur in the graph. */
  readonly original: string;
  readonly dev: boolean;
  /** Parameter Store as an earlier deploy left it. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The AWS stand-in's, by which the CLI's own server is recognised. */
  readonly mark: string;
  /** Where the outcome is written, as JSON. */
  readonly outcome: string;
}

/** How the evaluation of a config ended. */
export type Outcome =
  | {
      readonly kind: "graph";
      readonly graph: Graph;
      /** By URN: the files and directories of the assets and archives among a resource's inputs. */
      readonly files: Readonly<Record<string, readonly string[]>>;
    }
  /** The config threw. */
  | { readonly kind: "refused"; readonly message: string }
  /** The CLI's server could not start, because another CLI on this machine took its port at the same moment. */
  | { readonly kind: "port-taken" };
