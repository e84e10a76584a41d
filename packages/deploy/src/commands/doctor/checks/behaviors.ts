import type {
  CacheBehavior,
  DefaultCacheBehavior,
  DistributionConfig,
} from "@aws-sdk/client-cloudfront";
import { cacheBehavior as blueprint } from "@sst-gatehouse/blueprint/cache-behavior";

import { sameSet } from "../../../dry-run/graph/json.ts";
import type { Check, Finding } from "../check.ts";
import { redeploy, type StageUnderCheck } from "../stage-under-check.ts";
import { guardInUse } from "./guard.ts";

type Behavior = DefaultCacheBehavior | CacheBehavior;

/** What is wrong with a behaviour, as the rest of a sentence about it; undefined when all is well. */
type Judge = (behavior: Behavior) => string | undefined;

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
  "behaviour-cache": ({ CachePolicyId, MinTTL, DefaultTTL, MaxTTL, ForwardedValues }) => {
    // Old settings, which count where there is no policy.
    const legacy =
      ForwardedValues !== undefined || [MinTTL, DefaultTTL, MaxTTL].some((ttl) => (ttl ?? 0) > 0);
    return CachePolicyId === blueprint.cachePolicyId && !legacy
      ? undefined
      : `has the cache policy ${CachePolicyId ?? "(none)"}, not CachingDisabled: the guard does not run on a cache hit, so one caller gets another's answer`;
  },
  "behaviour-origin-request": ({ OriginRequestPolicyId }) =>
    OriginRequestPolicyId === blueprint.originRequestPolicyId
      ? undefined
      : `has the origin request policy ${OriginRequestPolicyId ?? "(none)"}, not AllViewerExceptHostHeader: the guard does not see Authorization, or Lambda refuses the Host header`,
  "behaviour-https": ({ ViewerProtocolPolicy }) =>
    ViewerProtocolPolicy === blueprint.viewerProtocolPolicy
      ? undefined
      : `has the viewer protocol policy ${ViewerProtocolPolicy}, not ${blueprint.viewerProtocolPolicy}: tokens may travel in clear text`,
  "behaviour-methods": ({ AllowedMethods }) =>
    sameSet(AllowedMethods?.Items, blueprint.allowedMethods)
      ? undefined
      : `allows ${(AllowedMethods?.Items ?? []).join(", ")}: CloudFront answers other methods with 403`,
  "behaviour-headers": ({ ResponseHeadersPolicyId }) =>
    ResponseHeadersPolicyId === blueprint.responseHeadersPolicyId
      ? undefined
      : `has the response headers policy ${ResponseHeadersPolicyId || "(none)"}, not SecurityHeadersPolicy: answers may lack HSTS, nosniff, frame and referrer headers`,
  "behaviour-others": (behavior) => {
    const { FunctionAssociations, GrpcConfig, TrustedKeyGroups, TrustedSigners } = behavior;
    const found = [
      ...((FunctionAssociations?.Quantity ?? 0) > 0 ? ["a CloudFront function"] : []),
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

/** Every path that CloudFront answers for: the guard in front of it, and nothing that works behind its back. */
export function behaviorChecks(under: StageUnderCheck): readonly Check[] {
  const judgeAll = async (judge: Judge): Promise<readonly Finding[]> => {
    const { config } = await under.distribution(new URL(under.outputs.appUrl).host);
    return behaviorsOf(config).flatMap(([name, behavior]) => {
      const problem = judge(behavior);
      return problem === undefined
        ? []
        : [{ problem: `${name} ${problem}`, mend: redeploy(under) }];
    });
  };
  return [
    {
      id: "behaviour-guard",
      async find() {
        const { functionArn, version } = await guardInUse(under);
        return judgeAll((behavior) => judgeGuard(behavior, functionArn, version));
      },
    },
    ...Object.entries(judges).map(([id, judge]) => ({ id, find: () => judgeAll(judge) })),
  ];
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

function behaviorsOf({
  DefaultCacheBehavior: byDefault,
  CacheBehaviors,
}: DistributionConfig): readonly (readonly [name: string, Behavior])[] {
  return [
    ...(byDefault === undefined ? [] : [["the default behaviour", byDefault] as const]),
    ...(CacheBehaviors?.Items ?? []).map(
      (behavior) => [`the behaviour for ${behavior.PathPattern}`, behavior] as const,
    ),
  ];
}
