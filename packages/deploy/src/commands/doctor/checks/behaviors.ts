import type { CacheBehavior, DefaultCacheBehavior } from "@aws-sdk/client-cloudfront";
import { isPublicSite } from "@sst-gatehouse/blueprint/behaviors";
import { cacheBehavior as blueprint } from "@sst-gatehouse/blueprint/cache-behavior";
import { everyPath } from "@sst-gatehouse/blueprint/path-pattern";
import { guardedSite, publicSite } from "@sst-gatehouse/blueprint/site-bucket";

import { sameSet } from "../../../dry-run/graph/json.ts";
import type { Check, Finding } from "../check.ts";
import { redeploy, type SiteFound, siteOf, type StageUnderCheck } from "../stage-under-check.ts";
import { appHosts } from "./backends.ts";
import { guardInUse } from "./guard.ts";

type Behavior = DefaultCacheBehavior | CacheBehavior;

/** What a path leads to: a backend or files, through the guard, or files that gate.ts shows to anyone, or the app shows by itself. */
export type BehaviorKind = "backend" | "guarded" | "public" | "app";

interface Seen {
  /** In a message. */
  readonly name: string;
  readonly pattern: string;
  readonly behavior: Behavior;
  readonly kind: BehaviorKind;
}

/** What is wrong with a behaviour, as the rest of a sentence about it; undefined when all is well. */
type Judge = (behavior: Behavior, kind: BehaviorKind) => string | undefined;

const judges: Readonly<Record<string, Judge>> = {
  "behaviour-guard-event": ({ LambdaFunctionAssociations }) => {
    const [association] = LambdaFunctionAssociations?.Items ?? [];
    if (association === undefined) return undefined; // `behaviour-guard` tells
    const { eventType, includeBody } = blueprint.trigger;
    if (association.EventType !== eventType)
      return `runs the guard at ${association.EventType}, not at ${eventType}, where the request is as the backend gets it`;
    return association.IncludeBody === includeBody
      ? undefined
      : "hides the body from the guard, which can then sign no upload";
  },
  "behaviour-cache": ({ CachePolicyId, MinTTL, DefaultTTL, MaxTTL, ForwardedValues }, kind) => {
    // Old settings, which count where there is no policy.
    const legacy =
      ForwardedValues !== undefined || [MinTTL, DefaultTTL, MaxTTL].some((ttl) => (ttl ?? 0) > 0);
    if (kind === "app")
      return [publicSite.cachePolicyId, blueprint.cachePolicyId].includes(CachePolicyId ?? "") &&
        !legacy
        ? undefined
        : `has the cache policy ${CachePolicyId ?? "(none)"} and no guard: what it takes of a session reaches whoever owns the origin`;
    if (kind === "public")
      return CachePolicyId === publicSite.cachePolicyId && !legacy
        ? undefined
        : `has the cache policy ${CachePolicyId ?? "(none)"}, not CachingOptimized: public files come from the bucket each time, or their cache is split by what viewers send`;
    return CachePolicyId === blueprint.cachePolicyId && !legacy
      ? undefined
      : `has the cache policy ${CachePolicyId ?? "(none)"}, not CachingDisabled: the guard does not run on a cache hit, so one caller gets another's answer`;
  },
  "behaviour-origin-request": ({ OriginRequestPolicyId }, kind) => {
    if (kind === "public" || kind === "app")
      return (OriginRequestPolicyId ?? "") === ""
        ? undefined
        : `has the origin request policy ${OriginRequestPolicyId}: what a viewer sends reaches the bucket`;
    return OriginRequestPolicyId === blueprint.originRequestPolicyId
      ? undefined
      : `has the origin request policy ${OriginRequestPolicyId ?? "(none)"}, not AllViewerExceptHostHeader: the guard does not see Authorization, or Lambda refuses the Host header`;
  },
  "behaviour-https": ({ ViewerProtocolPolicy }, kind) =>
    ViewerProtocolPolicy === blueprint.viewerProtocolPolicy ||
    (kind === "app" && ViewerProtocolPolicy === "https-only")
      ? undefined
      : `has the viewer protocol policy ${ViewerProtocolPolicy}, not ${blueprint.viewerProtocolPolicy}: tokens may travel in clear text`,
  "behaviour-methods": ({ AllowedMethods }, kind) => {
    if (kind === "app") return undefined;
    const { allowedMethods } = kind === "backend" ? blueprint : guardedSite;
    return sameSet(AllowedMethods?.Items, allowedMethods)
      ? undefined
      : `allows ${(AllowedMethods?.Items ?? []).join(", ")}: ${kind === "backend" ? "CloudFront answers other methods with 403" : "a file is only read, by GET and HEAD"}`;
  },
  "behaviour-headers": ({ ResponseHeadersPolicyId }, kind) =>
    kind === "app" || ResponseHeadersPolicyId === blueprint.responseHeadersPolicyId
      ? undefined
      : `has the response headers policy ${ResponseHeadersPolicyId || "(none)"}, not SecurityHeadersPolicy: answers may lack HSTS, nosniff, frame and referrer headers`,
  "behaviour-others": (behavior, kind) => {
    const { FunctionAssociations, GrpcConfig, TrustedKeyGroups, TrustedSigners } = behavior;
    const found = [
      ...(kind !== "public" && kind !== "app" && (FunctionAssociations?.Quantity ?? 0) > 0
        ? ["a CloudFront function"]
        : []),
      ...(GrpcConfig?.Enabled === true ? ["gRPC, which skips the guard"] : []),
      ...(TrustedKeyGroups?.Enabled === true || TrustedSigners?.Enabled === true
        ? ["signed URLs"]
        : []),
      ...((behavior.FieldLevelEncryptionId ?? "") === "" ? [] : ["field-level encryption"]),
      ...((behavior.RealtimeLogConfigArn ?? "") === ""
        ? []
        : ["real-time logs, which may hold cookies"]),
      ...(behavior.SmoothStreaming === true ? ["smooth streaming"] : []),
    ];
    return found.length === 0 ? undefined : `has ${found.join(", ")}, which Gatehouse does not set`;
  },
};

/** Every path that CloudFront answers for: the guard in front of it, unless it is for anyone, and nothing that works behind its back. */
export function behaviorChecks(under: StageUnderCheck): readonly Check[] {
  const judgeAll = async (judge: Judge): Promise<readonly Finding[]> =>
    (await kindsOf(under)).flatMap(({ name, behavior, kind }) => {
      const problem = judge(behavior, kind);
      return problem === undefined
        ? []
        : [{ problem: `${name} ${problem}`, mend: redeploy(under) }];
    });
  return [
    {
      id: "behaviour-guard",
      async find() {
        const { functionArn, version } = await guardInUse(under);
        const site = await siteOf(under);
        return judgeAll((behavior, kind) => {
          if (kind === "app") return undefined;
          return kind === "public"
            ? judgePublic(behavior, site)
            : judgeGuard(behavior, functionArn, version);
        });
      },
    },
    ...Object.entries(judges).map(([id, judge]) => ({ id, find: () => judgeAll(judge) })),
  ];
}

/**
 * The behaviours in CloudFront's order. Public is only what leads to the bucket of the site by a pattern that gate.ts
 * opens to anyone.
 */
export async function kindsOf(under: StageUnderCheck): Promise<readonly Seen[]> {
  const site = await siteOf(under);
  const { config } = await under.distribution();
  const apps = await appHosts(under);
  const open = (site?.behaviors ?? []).filter(isPublicSite).map(({ pattern }) => pattern);
  const seen = (name: string, pattern: string, behavior: Behavior): Seen => {
    const target = config.Origins?.Items?.find(({ Id }) => Id === behavior.TargetOriginId);
    const isSite = site !== undefined && target?.DomainName === site.host;
    const ofSite = open.includes(pattern) ? "public" : "guarded";
    const other = apps.has(target?.DomainName ?? "") ? "app" : "backend";
    return { name, pattern, behavior, kind: isSite ? ofSite : other };
  };
  const byDefault = config.DefaultCacheBehavior;
  return [
    ...(config.CacheBehaviors?.Items ?? []).map((behavior) =>
      seen(`the behaviour for ${behavior.PathPattern}`, behavior.PathPattern ?? "", behavior),
    ),
    ...(byDefault === undefined ? [] : [seen("the default behaviour", everyPath, byDefault)]),
  ];
}

/** No guard sees public files: the site's function alone decides which file a path is. */
function judgePublic(
  { LambdaFunctionAssociations, FunctionAssociations }: Behavior,
  site: SiteFound | undefined,
): string | undefined {
  if ((LambdaFunctionAssociations?.Quantity ?? 0) > 0)
    return "runs a function of Lambda, and gate.ts has files for anyone there, without the guard";
  const [association, ...others] = FunctionAssociations?.Items ?? [];
  return others.length === 0 &&
    association?.EventType === "viewer-request" &&
    association.FunctionARN === site?.pagesArn
    ? undefined
    : `does not run exactly ${site?.pages} at viewer-request: paths that can be read in two ways reach the bucket, or another function decides what is shown`;
}

function judgeGuard(
  { LambdaFunctionAssociations }: Behavior,
  functionArn: string,
  version: number,
): string | undefined {
  const [association, ...others] = LambdaFunctionAssociations?.Items ?? [];
  const arn = association?.LambdaFunctionARN ?? "";
  if (association === undefined)
    return "has no guard: requests arrive unsigned, and AWS refuses them all, or another origin answers without a check";
  if (others.length > 0) return "runs other functions beside the guard";
  if (arn === `${functionArn}:${version}`) return undefined;
  return arn.startsWith(`${functionArn}:`)
    ? `has version ${arn.slice(functionArn.length + 1)} of the guard, and the stage uses ${version}: its rules, keys and settings are other ones`
    : `runs ${arn}, which is not the stage's guard`;
}
