import { covers } from "./storage";

export const api = new sst.aws.Function("Api", {
  handler: "src/index.handler",
  runtime: "nodejs22.x",
  memory: "512 MB",
  link: [covers],
  environment: { LOG_LEVEL: "info" },
  url: { cors: { allowOrigins: ["*"] } },
});
