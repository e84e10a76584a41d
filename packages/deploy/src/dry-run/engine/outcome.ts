import type { Graph } from "../graph/graph.ts";

/** How the evaluation of a config ended. */
export type Outcome =
  | {
      readonly kind: "graph";
      readonly graph: Graph;
      /** By URN: the files and directories of the assets and archives among a resource's inputs. */
      readonly files: Readonly<Record<string, readonly string[]>>;
      /** What a person has to know of it: sentences. */
      readonly remarks?: readonly string[];
    }
  /** The config threw. */
  | { readonly kind: "refused"; readonly message: string };
