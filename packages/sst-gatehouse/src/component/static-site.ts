import type { StaticSite } from "@sst-gatehouse/blueprint/site";

import { type CdnSource, gateDistribution } from "./cdn.ts";
import type { GateContext } from "./gate-context.ts";

/** What a gate hands to the app's own StaticSite: what `gate.ts` says of it, the app's domain, and the gate. */
export type GatedStaticSiteArgs = Pick<
  sst.aws.StaticSiteArgs,
  "path" | "build" | "errorPage" | "domain"
> & { readonly transform: { readonly cdn: (args: sst.aws.CdnArgs) => undefined } };

/** Makes the app's StaticSite: `(args) => new sst.aws.StaticSite("Web", args)`, or with more of its own arguments. */
export type MakeStaticSite = (args: GatedStaticSiteArgs) => sst.aws.StaticSite;

/**
 * The app's own StaticSite, with the gate on its distribution.
 *
 * @returns undefined under `sst dev`, where SST deploys none.
 * @throws {Error} for one that was made of other arguments: its distribution would have no guard, or another name.
 */
export function createStaticSite(
  context: GateContext,
  { component: _, ...said }: StaticSite,
  make: MakeStaticSite,
  source: CdnSource,
): sst.aws.StaticSite | undefined {
  const { domain } = source;
  let gated = 0;
  const site = make({
    ...said,
    ...(domain && { domain }),
    transform: {
      cdn(args) {
        if (args.domain !== domain)
          throw new Error(
            "staticSite: the StaticSite has a domain of its own, and people sign in at the gate's: say it in stages.ts, or to Gatehouse as domain",
          );
        gateDistribution(args, context, source);
        gated += 1;
      },
    },
  });
  if (site.nodes.cdn === undefined && $dev) return undefined;
  if (site.nodes.cdn === undefined || gated !== 1)
    throw new Error(
      "staticSite: the StaticSite was not made of what the gate hands over, so its distribution has no guard: (args) => new sst.aws.StaticSite(name, args), without router or route, and with args.transform.cdn where it has a transform of its own",
    );
  return site;
}
