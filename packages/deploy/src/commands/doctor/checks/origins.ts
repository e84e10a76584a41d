import type { Origin } from "@aws-sdk/client-cloudfront";
import { origin as blueprint } from "@sst-gatehouse/blueprint/cache-behavior";

import { sameSet } from "../../../dry-run/graph/json.ts";
import type { Check } from "../check.ts";
import { redeploy, siteOf, type StageUnderCheck } from "../stage-under-check.ts";
import { appHosts, findBackends } from "./backends.ts";

/** Where CloudFront sends what the guard has signed. What is the app's own is the app's to judge. */
export function originChecks(under: StageUnderCheck): readonly Check[] {
  const origins = async (): Promise<readonly Origin[]> => {
    const { config } = await under.distribution();
    const own = await appHosts(under);
    return (config.Origins?.Items ?? []).filter(({ DomainName = "" }) => !own.has(DomainName));
  };
  return [
    {
      id: "origin-hosts",
      async find() {
        const backends = await findBackends(under);
        const app = new URL(under.outputs.functionUrl).host;
        const found = await origins();
        const site = (await siteOf(under))?.host;
        const strangers = found
          .map(({ DomainName = "" }) => DomainName)
          .filter((host) => host !== site && !backends.some((backend) => backend.host === host));
        const problems = [
          ...strangers.map(
            (host) =>
              `CloudFront leads to ${host}, which is no Function URL of the stage nor of a function that the guard may call${site === undefined ? "" : ", nor the bucket of the site"}: what is signed, and tokens with it, may go to that host's owner`,
          ),
          ...(found.some(({ DomainName }) => DomainName === app)
            ? []
            : [`CloudFront does not lead to ${app}, the backend's Function URL`]),
          ...(site === undefined || found.some(({ DomainName }) => DomainName === site)
            ? []
            : [`CloudFront does not lead to ${site}, the bucket of the site`]),
        ];
        return problems.map((problem) => ({ problem, mend: redeploy(under) }));
      },
    },
    {
      id: "origin-settings",
      async find() {
        const site = await siteOf(under);
        return (await origins()).flatMap((origin) => {
          const problem =
            origin.DomainName === site?.host ? judgeBucket(origin) : judge(origin, under);
          return problem === ""
            ? []
            : [{ problem: `origin ${origin.Id} ${problem}`, mend: redeploy(under) }];
        });
      },
    },
  ];
}

function judge(origin: Origin, { stage }: StageUnderCheck): string {
  const config = origin.CustomOriginConfig;
  return [
    ...judgeRequests(origin),
    ...(config?.OriginProtocolPolicy === "https-only" && config.HTTPSPort === blueprint.port
      ? []
      : [`is not https-only on port ${blueprint.port}: tokens may travel in clear text`]),
    ...(sameSet(config?.OriginSslProtocols?.Items, blueprint.sslProtocols)
      ? []
      : ["allows TLS versions that are breakable"]),
    ...((origin.OriginAccessControlId ?? "") === ""
      ? []
      : ["has an origin access control, which signs again and overwrites the guard's signature"]),
    ...(config?.OriginReadTimeout === stage.originReadTimeoutSeconds
      ? []
      : [
          `waits ${config?.OriginReadTimeout} seconds, and stages.ts says ${stage.originReadTimeoutSeconds}`,
        ]),
  ].join("; ");
}

/** How CloudFront asks the bucket of the site; that it signs has a check of its own. */
function judgeBucket(origin: Origin): string {
  return [
    ...judgeRequests(origin),
    ...(origin.CustomOriginConfig === undefined
      ? []
      : ["asks the bucket as it would ask any host, without its own signature"]),
    ...((origin.S3OriginConfig?.OriginAccessIdentity ?? "") === ""
      ? []
      : ["has an origin access identity, which signs in the older way"]),
  ].join("; ");
}

function judgeRequests({ OriginPath = "", CustomHeaders }: Origin): readonly string[] {
  return [
    ...(OriginPath === "" ? [] : ["adds a path in front of the one that was signed"]),
    ...((CustomHeaders?.Quantity ?? 0) === 0 ? [] : ["adds headers behind the guard's back"]),
  ];
}
