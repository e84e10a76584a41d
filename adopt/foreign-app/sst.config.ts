/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    return {
      name: "shelf",
      home: "aws",
      removal: input?.stage === "production" ? "retain" : "remove",
      protect: ["production"].includes(input?.stage),
      providers: { aws: { region: "eu-west-1" } },
    };
  },
  async run() {
    await import("./infra/storage");
    const { api } = await import("./infra/api");
    return { api: api.url };
  },
});
