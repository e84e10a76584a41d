import type { StageOutputs } from "@sst-gatehouse/blueprint/stage-outputs";

import type { TemporaryUser } from "./temporary-users.ts";

/** What the suite takes for a deployed stage: its outputs, with what is secret. */
export interface SuiteTarget extends Omit<StageOutputs, "clients"> {
  readonly clients: StageOutputs["clients"] & {
    readonly machine: { readonly id: string; readonly secret: string };
    /** With its secret where the stage has no public client: somebody has to get tokens for the suite. */
    readonly web: { readonly id: string; readonly secret?: string };
  };
  readonly users: readonly TemporaryUser[];
}
