import { originHeaderBytes } from "@sst-gatehouse/blueprint/cache-behavior";
import { rotationUnknownTo } from "@sst-gatehouse/blueprint/aws-provider";
import { gateType } from "@sst-gatehouse/blueprint/gate";
import type { Stage } from "@sst-gatehouse/blueprint/stages";

import { awsTypes } from "../../dry-run/graph/aws-types.ts";
import { type Graph, type Resource, resourcesOf } from "../../dry-run/graph/graph.ts";
import { isAbsent, toObject } from "../../dry-run/graph/json.ts";
import { inputOf } from "../../dry-run/graph/resource-values.ts";
import { isOfGate, isRedirect } from "../rules/facts/ownership.ts";
import { asText, asTexts } from "./readable.ts";

/** A setting of the stage, in words. */
export interface SettingInPlan {
  readonly setting: string;
  readonly value: string;
}

/** What `stages.ts` says about the stage. */
export function stageSettings(graph: Graph, stage: Stage): readonly SettingInPlan[] {
  const { dev, protect, removal, region } = graph;
  const settings: [setting: string, value: string][] = [
    ["kind", stage.production ? "production" : "personal"],
    ["live debugging", dev ? "yes: the backend runs on a developer's machine" : "no"],
    ["sst remove", protect ? `refuses; removal is ${removal}` : removalInWords(removal)],
    ["home region", `${region}; the guard in us-east-1, with replicas where callers are`],
    ["address", stage.domain ?? aliasesOf(graph) ?? "CloudFront's own name"],
    ["certificate", stage.certificateArn ?? certificateOf(graph)],
    ["backend", `${stage.apiMemoryMb} MB, ${stage.apiTimeoutSeconds} s`],
    ["answers", streamingInWords[stage.streaming]],
    [
      "origin timeout",
      `${stage.originReadTimeoutSeconds} s; idle connections are kept ${stage.originKeepaliveSeconds} s`,
    ],
    [
      "firewall",
      stage.waf === undefined
        ? "none"
        : `${stage.waf.requestsPerFiveMinutes} requests per address in five minutes, AWS's common rules`,
    ],
    ["sign-up", stage.selfSignUp ? "open to anybody" : "by administrators only"],
    ["implicit grant", stage.implicitGrant ? "open, for the curl walk-through" : "off"],
    ["revocation", revocationOf(stage)],
    ["caller's token", stage.forwardToken ? "forwarded to the backend" : "not sent to the backend"],
  ];
  settings.push(...peopleSettings(graph));
  if (stage.peopleScopes.length > 0)
    settings.push(["scopes", `${stage.peopleScopes.join(", ")}, in people's access tokens`]);
  if (stage.cimdUrlPatterns.length > 0)
    settings.push([
      "clients by documents",
      `${stage.cimdUrlPatterns.join(", ")}; Cognito needs a CIMD policy for them, which no deploy makes`,
    ]);
  if (stage.mfa !== "off")
    settings.push(["second factor", `${stage.mfa}, by an authenticator app`]);
  if (stage.passwordMinLength !== 8)
    settings.push(["passwords", `${stage.passwordMinLength} characters or more`]);
  if (stage.threatProtection !== "off")
    settings.push(["threat protection", `${stage.threatProtection}, by Cognito's plan Plus`]);
  if (stage.forwardCookies !== undefined)
    settings.push(["cookies", `${stage.forwardCookies.join(", ") || "none"}, sent to the backend`]);
  if (stage.corsRequestHeaders !== undefined)
    settings.push([
      "headers of other origins' scripts",
      stage.corsRequestHeaders.join(", ") || "only what Gatehouse itself needs",
    ]);
  if (stage.originHeaderBytes !== originHeaderBytes)
    settings.push(["headers", `up to ${stage.originHeaderBytes} bytes, sent to the backend`]);
  if (stage.logPaths) settings.push(["the guard's log", "says paths, without their queries"]);
  if (stage.metrics) settings.push(["metrics", "requests by outcome, code and rule"]);
  return settings.map(([setting, value]) => ({ setting, value }));
}

/** The names that gates are given, where the settings have none. */
function aliasesOf(graph: Graph): string | undefined {
  const names = gateDistributions(graph).flatMap((one) => asTexts(inputOf(one, "aliases")));
  return names.length === 0 ? undefined : names.join(", ");
}

function certificateOf(graph: Graph): string {
  const [arn] = gateDistributions(graph).flatMap((one) =>
    asTexts(toObject(inputOf(one, "viewerCertificate"))["acmCertificateArn"]),
  );
  const ordered = resourcesOf(graph, awsTypes.certificate).some(
    ({ outputs }) => outputs["arn"] === arn,
  );
  return ordered ? "ordered by SST, validated by records in the DNS" : (arn ?? "CloudFront's own");
}

function gateDistributions(graph: Graph): readonly Resource[] {
  return resourcesOf(graph, awsTypes.distribution).filter(
    (one) => isOfGate(graph, one) && !isRedirect(graph, one),
  );
}

/** What a gate cannot choose of its people. */
function peopleSettings(graph: Graph): [setting: string, value: string][] {
  const pools = resourcesOf(graph, awsTypes.userPool).filter((pool) => isOfGate(graph, pool));
  const existing = pools.length === 0 ? resourcesOf(graph, gateType) : [];
  const rotating = resourcesOf(graph, awsTypes.userPoolClient).some(
    (client) => !isAbsent(inputOf(client, "refreshTokenRotation")),
  );
  return [
    ...existing.map(({ outputs }): [string, string] => [
      "people",
      `of the user pool ${asText(outputs["userPoolId"])}, which stays as it is: sign-up, triggers, plan, groups, second factor, passwords, sign-in pages`,
    ]),
    ...(rotating
      ? []
      : [
          [
            "refresh tokens",
            `do not rotate: ${rotationUnknownTo(graph.awsProvider) ?? "the user pool is on Cognito's plan Lite"}`,
          ] satisfies [string, string],
        ]),
  ];
}

const revocationInWords: Readonly<Record<Stage["revocation"], string>> = {
  refuse: "on; requests with a token get 503 if the list is over a minute old",
  allow: "on; a list that cannot be refreshed stays in use",
  off: "off: a token is good until it expires",
};

const streamingInWords: Readonly<Record<Stage["streaming"], string>> = {
  on: "streamed",
  "never-empty": "streamed; a line break in place of no body",
  off: "whole, 6 MB at most",
};

function revocationOf({ revocation, backendChecksRevocation }: Stage): string {
  const words = revocationInWords[revocation];
  return revocation !== "off" && backendChecksRevocation
    ? `${words}; the backend looks it up, by protect()`
    : words;
}

function removalInWords(removal: string): string {
  return removal === "remove"
    ? "deletes everything except what is marked below"
    : `leaves data behind: removal is ${removal}`;
}
