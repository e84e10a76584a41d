import type { GateBehavior } from "@sst-gatehouse/blueprint/behaviors";
import { cacheBehavior } from "@sst-gatehouse/blueprint/cache-behavior";
import { guardFunction } from "@sst-gatehouse/blueprint/guard-function";
import { responseHeaders } from "@sst-gatehouse/blueprint/response-headers";

import { type CloudFront, createCloudFront } from "../aws/cloudfront/cloudfront.ts";
import type { CloudFrontOptions } from "../aws/cloudfront/distribution.ts";
import type { LambdaFunction } from "../aws/lambda/lambda-function.ts";
import type { Deployment } from "./deployment.ts";
import { frontByPath } from "./front-by-path.ts";
import type { PlayedSite } from "./site.ts";
import { stageOrigin } from "./stage-origin.ts";

export interface DistributionsOptions extends Pick<
  CloudFrontOptions,
  "dial" | "clock" | "explain" | "watch"
> {
  readonly deployment: Deployment;
  readonly behaviors: readonly GateBehavior[];
  readonly site: PlayedSite | undefined;
  readonly guard: Pick<LambdaFunction, "invoke">;
}

/** What answers a path. */
export interface Way {
  readonly pattern: string;
  readonly isSite: boolean;
  readonly cloudFront: CloudFront;
}

/**
 * A distribution of its own for each address of the app, so that the guard is told which one was asked.
 *
 * @param onClose takes what has to be ended.
 * @returns by the address, a function of a request target.
 */
export function createDistributions(
  { deployment, behaviors, site, guard, dial, ...common }: DistributionsOptions,
  onClose: (closer: () => Promise<void>) => void,
): ReadonlyMap<string, (target: string) => Way> {
  const { distributionId } = deployment;
  const edge = {
    invoke: (event: unknown) => guard.invoke(event),
    timeoutSeconds: guardFunction.timeoutSeconds,
  };
  const distribution = (appUrl: string) => {
    const domainName = new URL(appUrl).host;
    const serve = (
      served: Pick<CloudFrontOptions, "behavior" | "origin" | "dial" | "edge">,
    ): CloudFront => {
      const about = { domainName, distributionId, responseHeaders };
      const cloudFront = createCloudFront({ ...common, ...about, ...served });
      onClose(() => cloudFront.close());
      return cloudFront;
    };
    const backends = new Map(
      deployment.backends.map((backend) => {
        const origin = stageOrigin(deployment, backend);
        return [backend.name, serve({ behavior: cacheBehavior, origin, dial, edge })];
      }),
    );
    const files = site && {
      guarded: serve({ ...site.guarded, edge }),
      public: serve(site.public),
    };
    const ways = behaviors.map((behavior): Way => {
      const isSite = "site" in behavior;
      const cloudFront = isSite ? files?.[behavior.site] : backends.get(behavior.backend);
      if (cloudFront === undefined) throw new TypeError("each behaviour leads somewhere");
      return { pattern: behavior.pattern, isSite, cloudFront };
    });
    const wayOf = frontByPath(ways);
    const rest = ways.at(-1);
    return (target: string): Way => {
      const way = wayOf(target);
      const [path = ""] = target.split("?");
      return files !== undefined && way === rest && site?.isOfDevServer(path)
        ? { ...way, isSite: true, cloudFront: files.public }
        : way;
    };
  };
  const { appUrl, loopbackUrl } = deployment;
  return new Map([appUrl, loopbackUrl].map((url) => [url, distribution(url)]));
}
