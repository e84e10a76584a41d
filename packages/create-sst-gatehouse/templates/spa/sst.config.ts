/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  async app({ stage }) {
    const { gatehouseApp } = await import("sst-gatehouse/app");
    return gatehouseApp({ stage, gate: import("./gate") });
  },
  async run() {
    const { Gatehouse } = await import("sst-gatehouse/sst");
    const { gate } = await import("./gate");
    return new Gatehouse("Gate", gate).outputs;
  },
});
