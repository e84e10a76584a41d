import type { Stage } from "@sst-gatehouse/blueprint/stages";

import type { Graph } from "../../dry-run/graph/graph.ts";

/** A setting of the stage, in words. */
export interface SettingInPlan {
  readonly setting: string;
  readonly value: string;
}

/** What `stages.ts` says about the stage. */
export function stageSettings(
  { dev, protect, removal, region }: Graph,
  stage: Stage,
): readonly SettingInPlan[] {
  const settings: readonly [setting: string, value: string][] = [
    ["kind", stage.production ? "production" : "personal"],
    ["live debugging", dev ? "yes: the backend runs on a developer's machine" : "no"],
    ["sst remove", protect ? `refuses; removal is ${removal}` : removalInWords(removal)],
    ["home region", `${region}; the guard in us-east-1, with replicas where callers are`],
    ["address", stage.domain ?? "CloudFront's own name"],
    ["certificate", stage.certificateArn ?? "CloudFront's own"],
    ["backend", `${stage.apiMemoryMb} MB, ${stage.apiTimeoutSeconds} s`],
    [
      "patience",
      `${stage.originReadTimeoutSeconds} s for a packet, idle connections kept ${stage.originKeepaliveSeconds} s`,
    ],
    [
      "firewall",
      stage.waf === undefined
        ? "none"
        : `${stage.waf.requestsPerFiveMinutes} requests an address in five minutes, AWS's common rules`,
    ],
    ["sign-up", stage.selfSignUp ? "open to anybody" : "by administrators only"],
    ["implicit grant", stage.implicitGrant ? "open, for the curl walk-through" : "off"],
    ["early sign-out", revocationInWords[stage.revocation]],
    ["caller's token", stage.forwardToken ? "forwarded to the backend" : "kept from the backend"],
  ];
  return settings.map(([setting, value]) => ({ setting, value }));
}

const revocationInWords: Readonly<Record<Stage["revocation"], string>> = {
  refuse: "on; without a list of a minute, who sends a token is refused",
  allow: "on; without a list of a minute, the last one counts",
  off: "off: a token counts until it expires",
};

function removalInWords(removal: string): string {
  return removal === "remove"
    ? "takes away everything but what is marked below"
    : `leaves data behind: removal is ${removal}`;
}
