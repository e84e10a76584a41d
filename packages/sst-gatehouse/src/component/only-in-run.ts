// Before anything of the component is loaded: it would fail on the first of SST's globals, and say nothing else.
if (typeof $util === "undefined")
  throw new Error(
    'sst-gatehouse/sst is for run() of sst.config.ts, where SST has made $util, aws and sst: import it there, as await import("sst-gatehouse/sst"). app() takes gatehouseApp of sst-gatehouse/app.',
  );
