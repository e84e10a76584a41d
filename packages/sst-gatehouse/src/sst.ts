/** For `run()` in `sst.config.ts`: what stands here uses the globals that SST makes for it. */
// oxlint-disable-next-line import/no-unassigned-import -- it is there for what it refuses, and has to come first
import "./component/only-in-run.ts";

export { Gatehouse, type GatehouseArgs } from "./component/gatehouse.ts";
export { lock } from "./component/lock.ts";
