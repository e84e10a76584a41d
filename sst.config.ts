/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  // Runs alone, before anything else exists; SST shows no error from here, so run() meets a bad stages.ts again.
  async app({ stage }) {
    const { isProduction } = await import("@sst-gatehouse/blueprint/stages");
    const invalid = { name: "stages-ts-is-invalid", region: "us-east-1" } as const;
    const { app } = await import("./stages.ts").catch(() => ({ app: invalid }));
    return {
      name: app.name,
      home: "aws",
      removal: isProduction(stage) ? "retain" : "remove",
      protect: isProduction(stage),
      providers: {
        // The first version that knows refresh-token rotation is newer than SST's own.
        aws: { version: "6.83.4", region: app.region },
      },
    };
  },
  async run() {
    const { stage } = await import("./infra/stage.ts");
    const { createAppClients } = await import("./infra/app-clients.ts");
    const { createCdn } = await import("./infra/cdn.ts");
    const { createGuard } = await import("./infra/guard.ts");
    const { clientIdsOfLastDeploy, createSettings } = await import("./infra/parameters.ts");

    if (stage.domain !== undefined) {
      const appUrl = $output(`https://${stage.domain}`);
      const clients = createAppClients(appUrl);
      const guard = createGuard(clients.ids);
      const cdn = createCdn(guard);
      const printed = createSettings({ appUrl, clients, guard, cdn, baked: clients.ids });
      // The app's DNS stays in the owner's hands.
      return { ...printed, pointTheDomainAt: cdn.nodes.cdn.nodes.distribution.domainName };
    }
    // The clients need the distribution's name, the distribution needs the guard, and the guard would need the clients:
    // it takes their ids from the last deploy, and asks Parameter Store after the first (docs/decisions/0008).
    const guard = createGuard(clientIdsOfLastDeploy);
    const cdn = createCdn(guard);
    const appUrl = cdn.url;
    const clients = createAppClients(appUrl);
    return createSettings({ appUrl, clients, guard, cdn, baked: clientIdsOfLastDeploy });
  },
});
