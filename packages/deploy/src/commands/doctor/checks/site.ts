import { isPublicSite, publicFallback } from "@sst-gatehouse/blueprint/behaviors";
import { inPascalCase } from "@sst-gatehouse/blueprint/gate";
import {
  closedToThePublic,
  siteAccessControl,
  siteBucketPolicy,
} from "@sst-gatehouse/blueprint/site-bucket";
import { siteFunctionCode } from "@sst-gatehouse/blueprint/site-files";

import { toObject } from "../../../dry-run/graph/json.ts";
import { shellWord } from "../../shell-word.ts";
import { type Check, type Finding, unless } from "../check.ts";
import { sameStatements, statementsIn } from "../policy-statements.ts";
import {
  redeploy,
  siteOf,
  type SiteFound,
  type SiteToCheck,
  type StageUnderCheck,
} from "../stage-under-check.ts";
import { kindsOf } from "./behaviors.ts";

/** The front end of a gate: nobody reads its bucket but by the distribution, and nobody there what a rule guards. */
export function siteChecks(under: StageUnderCheck): readonly Check[] {
  const about = (find: (site: SiteFound) => Promise<readonly Finding[]>) => async () => {
    const site = await siteOf(under);
    return site === undefined ? [] : find(site);
  };
  const { site: said } = under;
  if (said === undefined) return [];
  const paths = { id: "site-paths", find: () => checkPaths(said, under) };
  if (said.component !== undefined) return [paths];
  return [
    paths,
    { id: "site-access-control", find: about((site) => checkAccessControl(site, under)) },
    { id: "site-policy", find: about((site) => checkPolicy(site, under)) },
    { id: "site-closed", find: about((site) => checkClosed(site, under)) },
    ...(said.behaviors.some(isPublicSite)
      ? [{ id: "site-pages", find: about((site) => checkPages(site, under)) }]
      : []),
  ];
}

/** Each path leads where gate.ts says, in that order: the first pattern that takes a path decides. */
async function checkPaths(
  { behaviors }: SiteToCheck,
  under: StageUnderCheck,
): Promise<readonly Finding[]> {
  const known = new Set(behaviors.map(({ pattern }) => pattern));
  const expected = behaviors.map((each) => inWords(each.pattern, "site" in each));
  // What else the app shows is the app's.
  const actual = (await kindsOf(under))
    .filter(({ pattern, kind }) => kind !== "app" || known.has(pattern))
    .map(({ pattern, kind }) => inWords(pattern, kind !== "backend"));
  return unless(
    expected.join() === actual.join(),
    `CloudFront leads ${actual.join(", ")}, and gate.ts ${expected.join(", ")}: what a rule guards may be read without it`,
    redeploy(under),
  );
}

function inWords(pattern: string, isSite: boolean): string {
  return `${pattern} to ${isSite ? "the site" : "a backend"}`;
}

async function checkAccessControl(
  { host }: SiteFound,
  under: StageUnderCheck,
): Promise<readonly Finding[]> {
  const { config } = await under.distribution();
  const origins = (config.Origins?.Items ?? []).filter(({ DomainName }) => DomainName === host);
  const findings: Finding[] = [];
  for (const { Id, OriginAccessControlId: id = "" } of origins) {
    const found = id === "" ? undefined : await under.accessControl(id);
    const isWell =
      found?.OriginAccessControlOriginType === siteAccessControl.originAccessControlOriginType &&
      found.SigningBehavior === siteAccessControl.signingBehavior &&
      found.SigningProtocol === siteAccessControl.signingProtocol;
    const what =
      found === undefined
        ? "has no origin access control"
        : `has an origin access control that signs ${found.SigningBehavior} with ${found.SigningProtocol} for ${found.OriginAccessControlOriginType}`;
    findings.push(
      ...unless(
        isWell,
        `origin ${Id} ${what}, not ${siteAccessControl.signingBehavior} with ${siteAccessControl.signingProtocol} for ${siteAccessControl.originAccessControlOriginType}: the bucket refuses CloudFront, or what a viewer signs reaches it`,
        redeploy(under),
      ),
    );
  }
  return findings;
}

/** Who may read: this distribution, file by file, and nobody else. */
async function checkPolicy(
  { bucket, arn }: SiteFound,
  under: StageUnderCheck,
): Promise<readonly Finding[]> {
  const distribution = (await under.distribution()).arn;
  const expected = siteBucketPolicy({ bucket: arn, distribution });
  const actual = await under.bucketPolicy(bucket);
  return unless(
    actual !== undefined &&
      sameStatements(statementsIn(actual) ?? [{}], statementsIn(expected) ?? []),
    `the bucket ${bucket} ${actual === undefined ? "has no policy, so CloudFront gets no file" : "has a policy that does not let exactly this stage's distribution read its files: somebody may read them past the guard, or CloudFront may not"}`,
    `aws s3api put-bucket-policy --region ${under.region} --bucket ${bucket} --policy ${shellWord(JSON.stringify(expected))}`,
  );
}

async function checkClosed(
  { bucket }: SiteFound,
  under: StageUnderCheck,
): Promise<readonly Finding[]> {
  const found = toObject(await under.publicAccessBlock(bucket));
  const wanted = Object.entries(closedToThePublic).map(
    ([name, value]) => [inPascalCase(name), value] as const,
  );
  const open = wanted.flatMap(([name, value]) => (found[name] === value ? [] : [name]));
  return unless(
    open.length === 0,
    `the bucket ${bucket} is not closed to the public by ${open.join(", ")}: a policy or a file's ACL can show anybody what a rule guards`,
    `aws s3api put-public-access-block --region ${under.region} --bucket ${bucket} --public-access-block-configuration ${wanted.map((each) => each.join("=")).join()}`,
  );
}

/** The function of the public pages decides which file a path is: another one could show a guarded file. */
async function checkPages(site: SiteFound, under: StageUnderCheck): Promise<readonly Finding[]> {
  const { pages, behaviors } = site;
  const code = await under.viewerFunction(pages);
  return unless(
    code === siteFunctionCode(publicFallback(behaviors, site)),
    code === undefined
      ? `there is no CloudFront function ${pages} that is live: public pages are not answered`
      : `the CloudFront function ${pages} is not the one that gate.ts asks for: it may show a guarded file by a public path`,
    redeploy(under),
  );
}
