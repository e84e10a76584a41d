import { api } from "./api";

export const web = new sst.aws.StaticSite("Web", {
  path: "web",
  build: { command: "npx vite build", output: "dist" },
  environment: { VITE_API_URL: api.url },
});
