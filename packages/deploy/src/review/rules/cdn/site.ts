import { patternsOfRule } from "@sst-gatehouse/blueprint/behaviors";
import type { GateAccess } from "@sst-gatehouse/blueprint/gate";
import { coversPattern, matchesPattern, patternsMeet } from "@sst-gatehouse/blueprint/path-pattern";
import { closedToThePublic, siteBucketPolicy } from "@sst-gatehouse/blueprint/site-bucket";
import { pathOfFile, siteFunctionCode } from "@sst-gatehouse/blueprint/site-files";

import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import type { Resource } from "../../../dry-run/graph/graph.ts";
import { parseJson, sameJson, toList, toObject } from "../../../dry-run/graph/json.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import { type Behavior, behaviorAt, behaviorsIn } from "../facts/behaviors-in.ts";
import type { Chain } from "../facts/chain.ts";
import { ofStaticSite } from "../facts/ownership.ts";
import type { SiteParts } from "../facts/site-parts.ts";
import { type Expectation, unmet, type Violation } from "../violation.ts";

/** The front end of a gate: nobody reads its bucket but by the distribution, and nobody there what a rule guards. */
export function checkSite(chain: Chain, access?: GateAccess): readonly Violation[] {
  const { site, appOrigins } = chain;
  const behaviors = behaviorsIn(chain.distribution);
  const ofFiles = (host: unknown): boolean => appOrigins.has(host) || host === site?.host;
  const ways = unmet(chain.distribution, [
    {
      rule: "behaviour-sign-in",
      holds: !ofFiles(behaviorAt(behaviors, "/.auth/refresh")?.host),
      message:
        "leads /.auth/* to files, which take GET and HEAD only, so no session could be renewed: lead it to a backend, with the guard in front",
    },
    ...(access === undefined ? [] : openExpectations(behaviors, ofFiles, access)),
  ]);
  if (site === undefined)
    return [...ways, ...(access ? checkStaticFiles(chain, behaviors, access) : [])];
  return [
    ...checkBucket(chain, site),
    ...ways,
    ...checkFiles(chain, site, behaviors),
    ...checkPages(chain, site, behaviors),
  ];
}

/** Buckets are named by name, and one may have parts that anybody has declared. */
function partsOf({ graph }: Chain, { bucket }: SiteParts): readonly Resource[] {
  const names = [attributeOf(bucket, "bucket"), attributeOf(bucket, "arn")];
  return graph.resources.filter(
    (resource) => resource !== bucket && names.some((name) => inputOf(resource, "bucket") === name),
  );
}

function checkBucket(chain: Chain, site: SiteParts): readonly Violation[] {
  const { distribution } = chain;
  const parts = partsOf(chain, site);
  const closed = parts.filter(({ type }) => type === awsTypes.bucketClosed);
  const policies = parts.filter(({ type }) => type === awsTypes.bucketPolicy);
  const policy = siteBucketPolicy({
    bucket: attributeOf(site.bucket, "arn"),
    distribution: attributeOf(distribution, "arn"),
  });
  const known: readonly string[] = [awsTypes.bucketClosed, awsTypes.bucketPolicy, awsTypes.upload];
  const others = parts.filter(({ type }) => !known.includes(type));
  return unmet(site.bucket, [
    {
      rule: "site-closed",
      holds:
        closed.length === 1 &&
        Object.entries(closedToThePublic).every(
          ([member, value]) => closed[0] && inputOf(closed[0], member) === value,
        ),
      message:
        "is not closed to the public; a policy or a file's ACL could show what a rule guards: declare one public access block, with the blueprint's closedToThePublic",
    },
    {
      rule: "site-policy",
      holds:
        policies.length === 1 &&
        policies[0] !== undefined &&
        sameJson(parseJson(inputOf(policies[0], "policy")), policy),
      message:
        "does not have exactly the blueprint's policy for this gate's distribution; narrower and CloudFront gets no file, wider and somebody passes the guard: take siteBucketPolicy",
    },
    {
      rule: "site-part",
      holds: others.length === 0,
      message: `has ${others.map(({ type, name }) => `${type} ${name}`).join(", ")}, which may open it past CloudFront: remove it`,
    },
  ]);
}

/** What no guard sees is for anyone, by every rule that has a say there. */
function openExpectations(
  behaviors: readonly Behavior[],
  ofFiles: (host: unknown) => boolean,
  access: GateAccess,
): readonly Expectation[] {
  return behaviors.flatMap(({ name, pattern, host, hasEdgeFunction }, index) => {
    if (!ofFiles(host) || hasEdgeFunction) return [];
    const before = behaviors.slice(0, index).filter((each) => each.hasEdgeFunction);
    const guarding = ruleThatGuards(pattern, before, access);
    return [
      {
        rule: "behaviour-public",
        holds: guarding === undefined,
        message: `${name} shows files to anyone, from a cache, and ${guarding}: give it the guard, or write a rule that says "anyone"`,
      },
    ];
  });
}

/** @returns in words what a public pattern contradicts. */
function ruleThatGuards(
  pattern: string,
  before: readonly Behavior[],
  { rules }: GateAccess,
): string | undefined {
  for (const rule of rules) {
    const met = patternsOfRule(rule).filter((each) => patternsMeet(each, pattern));
    if (met.length === 0 || !["GET", "HEAD", undefined].includes(rule.method)) continue;
    const isElsewhere = met.every((each) =>
      before.some((behavior) => coversPattern(behavior.pattern, each)),
    );
    if (rule.access !== "anyone" && !isElsewhere)
      return `the access rule ${JSON.stringify(rule.text)} guards them`;
    if (
      rule.access === "anyone" &&
      rule.method !== "HEAD" &&
      met.some((each) => coversPattern(each, pattern))
    )
      return undefined;
  }
  return "no access rule covers them";
}

/**
 * CloudFront signs for all files of a StaticSite, whatever path it shows: what a rule guards must not be among them, for the
 * sake of a path that the bucket reads otherwise than CloudFront.
 */
function checkStaticFiles(
  { graph, distribution }: Chain,
  behaviors: readonly Behavior[],
  { rules }: GateAccess,
): readonly Violation[] {
  const ofSite = ofStaticSite(graph, distribution);
  const [keys] = ofSite.filter(({ name }) => name.endsWith(".sst.aws.KvKeys"));
  const metadata = toObject(parseJson(toObject(keys && inputOf(keys, "entries"))["metadata"]));
  const { dir } = toObject(metadata["s3"]);
  const folder = typeof dir === "string" ? dir : "";
  const guards = (path: string): boolean =>
    behaviorAt(behaviors, path)?.hasEdgeFunction === true &&
    rules.some((rule) => patternsOfRule(rule).some((pattern) => matchesPattern(pattern, path)));
  return ofSite
    .filter(({ name }) => name.endsWith(".sst.aws.BucketFiles"))
    .flatMap((resource) => {
      const guarded = toList(inputOf(resource, "files"))
        .map((file) => pathOfFile(String(toObject(file)["key"])).slice(folder.length))
        .filter(guards);
      return unmet(resource, [
        {
          rule: "site-file-guarded",
          holds: guarded.length === 0,
          message: `has ${guarded.slice(0, 5).join(", ")}${guarded.length > 5 ? ` and ${guarded.length - 5} more` : ""}, and an access rule leads that path to a backend; everything in a StaticSite is for anyone: take it out of the build, or give the file another path`,
        },
      ]);
    });
}

/** A browser or a proxy keeps for others only what is for anyone. */
function checkFiles(
  chain: Chain,
  site: SiteParts,
  behaviors: readonly Behavior[],
): readonly Violation[] {
  return partsOf(chain, site)
    .filter(({ type }) => type === awsTypes.upload)
    .flatMap((file) => {
      const path = pathOfFile(String(inputOf(file, "key")));
      const isPublic = behaviorAt(behaviors, path)?.hasEdgeFunction === false;
      return unmet(file, [
        {
          rule: "site-file-cache",
          holds: isPublic || /^private\b/.test(String(inputOf(file, "cacheControl"))),
          message: `is guarded and may be kept by shared caches, which no rule looks at: set cacheControl to private, no-cache`,
        },
      ]);
    });
}

/** Of the public pages: the file that answers them is for anyone, and no path has a second reading. */
function checkPages(
  chain: Chain,
  site: SiteParts,
  behaviors: readonly Behavior[],
): readonly Violation[] {
  const { guard } = chain;
  if (site.pages === undefined) return [];
  const files = toObject(toObject(inputOf(guard, "code"))["archive"]);
  const { settings } = toObject(parseJson(toObject(files["settings.json"])["text"]));
  const { fallback } = toObject(toObject(settings)["site"]);
  const page = typeof fallback === "string" ? fallback : undefined;
  const isPublic =
    page !== undefined && behaviorAt(behaviors, `/${page}`)?.hasEdgeFunction === false;
  return unmet(site.pages, [
    {
      rule: "site-pages",
      holds:
        inputOf(site.pages, "code") === siteFunctionCode(isPublic ? page : undefined) &&
        inputOf(site.pages, "runtime") === "cloudfront-js-2.0",
      message:
        "is not the blueprint's function; it could show a guarded file by a public path: take siteFunctionCode, with the fallback where that is for anyone",
    },
    {
      rule: "site-fallback",
      holds:
        page === undefined || partsOf(chain, site).some((file) => inputOf(file, "key") === page),
      message: `answers with ${page}, which is no file of the site: upload it`,
    },
  ]);
}
