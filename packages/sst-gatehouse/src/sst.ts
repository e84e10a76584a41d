/** For `run()` in `sst.config.ts`: what stands here uses the globals that SST makes for it. */
import "./component/only-in-run.ts";

export { Gatehouse, type GatehouseArgs } from "./component/gatehouse.ts";
export { lock } from "./component/lock.ts";
