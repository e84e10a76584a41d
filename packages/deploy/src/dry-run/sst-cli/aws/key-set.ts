import { keySetAt } from "../../engine/public-keys.ts";
import type { AwsApi } from "./aws-request.ts";

/** The address at which Cognito publishes the public keys of a user pool. */
export const keySet: AwsApi = ({ method, path }) => {
  const body = method === "GET" ? keySetAt(path) : undefined;
  return body === undefined ? undefined : { status: 200, contentType: "application/json", body };
};
