import { liveEventHosts } from "../../engine/bootstrap.ts";
import { jsonAnswer, type AwsApi } from "./aws-request.ts";

const api = {
  name: "sst",
  apiId: "sst",
  dns: { HTTP: liveEventHosts.http, REALTIME: liveEventHosts.realtime },
};

/** The AppSync event API over which `sst dev` calls functions on a developer's machine. */
export const liveEvents: AwsApi = ({ path }) => {
  if (path === "/v2/apis") return jsonAnswer(200, { apis: [api] });
  return path.startsWith("/v2/apis/") ? jsonAnswer(200, { api }) : undefined;
};
