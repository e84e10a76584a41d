import { account } from "./made-up-outputs.ts";

/** Of what SST keeps about an account; with it, it sets nothing up. */
const bootstrapVersion = 5;

/** What SST has set up in a region. */
export function bootstrapOf(region: string): Readonly<Record<string, string | number>> {
  return {
    version: bootstrapVersion,
    asset: `sst-asset-${region}`,
    state: `sst-state-${region}`,
    assetEcrRegistryId: account,
    assetEcrUrl: `${account}.dkr.ecr.${region}.amazonaws.com/sst-asset`,
    appsyncHttp: "",
    appsyncRealtime: "",
  };
}

/** The AppSync event API over which `sst dev` calls functions on a developer's machine. */
export const liveEventHosts = { http: "appsync.example", realtime: "realtime.example" } as const;
