import { accountWideName } from "@sst-gatehouse/blueprint/account-wide-name";

import { type Check, type Finding, unless } from "../check.ts";
import type { DistributionFound } from "../reads/read-distribution.ts";
import { redeploy, type StageUnderCheck } from "../stage-under-check.ts";

/** The distribution as a whole; its behaviours and origins have checks of their own. */
export function distributionChecks(under: StageUnderCheck): readonly Check[] {
  const found = () => under.distribution();
  return [
    { id: "distribution-own", find: async () => checkTags(await found(), under) },
    { id: "distribution-deployed", find: async () => checkDeployed(await found(), under) },
    { id: "distribution-settings", find: async () => checkSettings(await found(), under) },
    { id: "firewall", find: async () => checkFirewall(await found(), under) },
  ];
}

function checkTags({ id, tags }: DistributionFound, under: StageUnderCheck): readonly Finding[] {
  const { app, stage } = under;
  return unless(
    tags["sst:app"] === app && tags["sst:stage"] === stage.name,
    `the distribution ${id}, which answers to the address in the stage's outputs, is not tagged as belonging to stage ${stage.name}: the outputs were written by somebody else, or the tags were removed`,
    `Find out who wrote the stage's parameters. Then: ${redeploy(under)}`,
  );
}

function checkDeployed(
  { id, status, config }: DistributionFound,
  under: StageUnderCheck,
): readonly Finding[] {
  return [
    ...unless(
      config.Enabled === true,
      `the distribution ${id} is disabled: nobody reaches the app`,
      redeploy(under),
    ),
    ...unless(
      status === "Deployed",
      `the distribution ${id} is ${status}: some locations still have what was there before`,
      `aws cloudfront wait distribution-deployed --id ${id}`,
    ),
  ];
}

/** What would change, copy or answer requests past the guard. */
function checkSettings(
  { id, config }: DistributionFound,
  under: StageUnderCheck,
): readonly Finding[] {
  const { domain } = under.stage;
  const aliases = config.Aliases?.Items ?? [];
  const wrong = [
    ...(aliases.join() === (domain ?? "")
      ? []
      : [
          `answers to ${aliases.join(", ") || "its own name alone"}, not to ${domain ?? "its own name alone"}`,
        ]),
    ...((config.OriginGroups?.Quantity ?? 0) === 0
      ? []
      : ["has origin groups, which send what was signed for one host to another"]),
    ...((config.CustomErrorResponses?.Quantity ?? 0) === 0
      ? []
      : ["replaces error answers, so callers lose the guard's codes"]),
    ...((config.DefaultRootObject ?? "") === "" ? [] : ["has a default root object"]),
    ...((config.ContinuousDeploymentPolicyId ?? "") === ""
      ? []
      : ["sends part of the requests to another distribution"]),
    ...(config.Staging === true ? ["is a staging copy"] : []),
    ...(config.Logging?.Enabled === true
      ? ["writes access logs, which hold sign-in codes and perhaps cookies"]
      : []),
  ];
  return unless(wrong.length === 0, `the distribution ${id} ${wrong.join("; ")}`, redeploy(under));
}

function checkFirewall(
  { id, config }: DistributionFound,
  under: StageUnderCheck,
): readonly Finding[] {
  const { app, stage, region } = under;
  const own = accountWideName(app, stage.name, region);
  const attached = config.WebACLId ?? "";
  // `arn:…:global/webacl/<name>/<id>`
  const name = attached.split("/")[2] ?? attached;
  if (stage.waf === undefined)
    return unless(
      attached === "",
      `the distribution ${id} has the firewall ${name}, and stages.ts sets none for this stage`,
      redeploy(under),
    );
  return unless(
    name === own,
    attached === ""
      ? `the distribution ${id} has no firewall, though stages.ts sets one (waf)`
      : `the distribution ${id} has the firewall ${name}, not the stage's own ${own}`,
    redeploy(under),
  );
}
