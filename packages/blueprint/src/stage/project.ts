import type { Gate } from "./gate.ts";

/** An app that has a gate, where it lies on this machine. */
export interface Project {
  /** The folder with `sst.config.ts` and `gate.ts`, as an absolute path. */
  readonly root: string;
  /** What `gate.ts` said when the command began. */
  readonly gate: Gate;
}
