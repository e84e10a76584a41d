import type { StaticSite } from "@sst-gatehouse/blueprint/site";

import { type CdnSource, gateDistribution } from "./cdn.ts";
import type { GateContext } from "./gate-context.ts";

/** What a gate hands to the app's own StaticSite: what `gate.ts` says of it, the app's domain, and the gate. */
export type GatedStaticSiteArgs = Pick<sst.aws.StaticSiteArgs, "path" | "build" | "domain"> & {
  readonly transform: { readonly cdn: (args: sst.aws.CdnArgs) => undefined };
};

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
  { path, build }: StaticSite,
  make: MakeStaticSite,
  source: CdnSource,
  // oxlint-disable-next-line typescript/no-redundant-type-constituents -- the linter does not see SST's types
): sst.aws.StaticSite | undefined {
  const { domain } = source;
  let gated = 0;
  const site: unknown = make({
    path,
    ...(build && { build }),
    ...(domain && { domain }),
    transform: {
      cdn(args) {
        if (args.domain !== domain)
          throw new Error(
            "staticSite: the StaticSite has a domain of its own, and people sign in at the gate's: say it in stages.ts, or to Gatehouse as domain",
          );
        gateDistribution(args, context, source);
        // With an errorPage, SST 4 replaces the 403 and 404 of a whole distribution.
        args.customErrorResponses = $output(args.customErrorResponses).apply((pages = []) => {
          if (pages.length === 0) return [];
          throw new Error(
            "staticSite: the StaticSite has an errorPage, which would take the place of the guard's and the backends' 403 and 404, too: leave errorPage out, and index.html answers",
          );
        });
        gated += 1;
      },
    },
  });
  const made = site instanceof sst.aws.StaticSite ? site : undefined;
  if ($dev && made && made.nodes.cdn === undefined) return undefined;
  if (made?.nodes.cdn === undefined || gated !== 1)
    throw new Error(
      "staticSite: the StaticSite was not made of what the gate hands over, so its distribution has no guard: (args) => new sst.aws.StaticSite(name, args), without router or route, and with args.transform.cdn where it has a transform of its own",
    );
  return made;
}
