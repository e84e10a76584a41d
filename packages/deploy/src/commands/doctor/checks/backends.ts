import type { FunctionUrlConfig } from "@aws-sdk/client-lambda";

import { toList } from "../../../dry-run/graph/json.ts";
import { Unread } from "../check.ts";
import { statementsIn } from "../policy-statements.ts";
import { guardRoleOf, type StageUnderCheck } from "../stage-under-check.ts";

export interface Backend {
  readonly arn: string;
  /** The Function URL that CloudFront leads to. */
  readonly host: string;
  readonly url: FunctionUrlConfig;
}

/** A function of the home region that may have Function URLs. */
export interface Candidate {
  readonly arn: string;
  readonly urls: readonly FunctionUrlConfig[];
}

/**
 * The functions of the stage, and those that the guard's policy names: a backend may be somebody else's. Of the policy
 * only the names are taken; whether it is right is decided by where CloudFront leads to.
 */
export async function findCandidates(under: StageUnderCheck): Promise<readonly Candidate[]> {
  const { app, stage, region, home } = under;
  const role = await guardRoleOf(under);
  const named = [...role.inline.values()]
    .flatMap((document) => statementsIn(document) ?? [])
    .flatMap(({ Resource }) => toList(Resource).map(String))
    .filter((arn) =>
      new RegExp(`^arn:[a-z-]+:lambda:${region}:\\d{12}:function:[\\w-]{1,64}$`).test(arn),
    );
  const arns = new Set([...(await home.ofStage(app, stage.name)), ...named]);
  return Promise.all([...arns].map(async (arn) => ({ arn, urls: await home.urls(arn) })));
}

/** Hosts of the distribution's origins, each once. */
export async function originHosts(under: StageUnderCheck): Promise<readonly string[]> {
  const { config } = await under.distribution();
  const hosts = (config.Origins?.Items ?? []).map(({ DomainName = "" }) => DomainName);
  return [...new Set(hosts)];
}

/** The functions that CloudFront leads to. What else is an origin is told by the check of the origins. */
export async function findBackends(under: StageUnderCheck): Promise<readonly Backend[]> {
  const candidates = await findCandidates(under);
  return (await originHosts(under)).flatMap((host) =>
    candidates.flatMap(({ arn, urls }) =>
      urls.filter((url) => hostOf(url) === host).map((url) => ({ arn, host, url })),
    ),
  );
}

/**
 * Hosts that are the app's own, on the distribution of its StaticSite: no backend, and no behaviour with a function of
 * Lambda@Edge leads there.
 */
export async function appHosts(under: StageUnderCheck): Promise<ReadonlySet<string>> {
  if (under.site?.component === undefined) return new Set();
  const { config } = await under.distribution();
  const guarded = [config.DefaultCacheBehavior, ...(config.CacheBehaviors?.Items ?? [])]
    .filter((behavior) => (behavior?.LambdaFunctionAssociations?.Quantity ?? 0) > 0)
    .map((behavior) => behavior?.TargetOriginId);
  const ofGate = new Set([
    new URL(under.outputs.functionUrl).host,
    ...(await findBackends(under)).map(({ host }) => host),
    ...(config.Origins?.Items ?? []).flatMap(({ Id, DomainName = "" }) =>
      guarded.includes(Id) ? [DomainName] : [],
    ),
  ]);
  return new Set((await originHosts(under)).filter((host) => !ofGate.has(host)));
}

/**
 * The backend of the stage itself, by its Function URL in the outputs.
 *
 * @throws {Unread} (rejects) when no function has that URL.
 */
export async function findApi(under: StageUnderCheck): Promise<Backend> {
  const host = new URL(under.outputs.functionUrl).host;
  for (const { arn, urls } of await findCandidates(under)) {
    const url = urls.find((one) => hostOf(one) === host);
    if (url !== undefined) return { arn, host, url };
  }
  throw new Unread(
    `no function of the stage has the Function URL ${under.outputs.functionUrl}`,
    `npx sst refresh --stage ${under.stage.name} && npx sst deploy --stage ${under.stage.name}`,
  );
}

export function hostOf({ FunctionUrl = "" }: FunctionUrlConfig): string {
  return URL.canParse(FunctionUrl) ? new URL(FunctionUrl).host : "";
}
