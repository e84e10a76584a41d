import type { Resource } from "../../../dry-run/graph/graph.ts";
import type { Chain } from "../facts/chain.ts";
import { isAbsent, sameJson, sameSet, toObject } from "../../../dry-run/graph/json.ts";
import { inputOf } from "../../../dry-run/graph/resource-values.ts";
import { type Expectation, unmet, type Violation } from "../violation.ts";

/** What the distribution may say; anything else is refused until somebody has read what it does to tokens. */
const knownInputs = new Set([
  "aliases",
  "comment",
  "continuousDeploymentPolicyId",
  "customErrorResponses",
  "defaultCacheBehavior",
  "defaultRootObject",
  "enabled",
  "httpVersion",
  "isIpv6Enabled",
  "orderedCacheBehaviors",
  "originGroups",
  "origins",
  "priceClass",
  "restrictions",
  "retainOnDelete",
  "staging",
  "tags",
  "viewerCertificate",
  "waitForDeployment",
  "webAclId",
]);

/** What holds for the distribution as a whole; origins and behaviours have rules of their own. */
export function checkDistribution(chain: Chain): readonly Violation[] {
  const { distribution, stage, aliases } = chain;
  const input = (key: string) => inputOf(distribution, key);
  const rootObject = input("defaultRootObject");
  return unmet(distribution, [
    {
      rule: "distribution-enabled",
      holds: input("enabled") === true && (input("staging") ?? false) === false,
      message: "is disabled or a staging copy; nobody could reach the app: enable it",
    },
    {
      rule: "distribution-http",
      holds: input("httpVersion") === "http2and3",
      message: "does not offer HTTP/2 and HTTP/3: set httpVersion to http2and3",
    },
    {
      rule: "distribution-groups",
      holds: isAbsent(input("originGroups")),
      message:
        "has origin groups; after a failure CloudFront would send a request with the signature for one host to another: give each path one origin",
    },
    {
      rule: "distribution-errors",
      holds: isAbsent(input("customErrorResponses")),
      message:
        "replaces error answers; callers would lose the guard's codes and the backend's 403 and 404: take customErrorResponses away",
    },
    {
      rule: "distribution-root",
      holds: isAbsent(rootObject) || rootObject === "",
      message:
        "has a default root object; CloudFront would ask for another path than the caller: take defaultRootObject away",
    },
    {
      rule: "distribution-continuous-deployment",
      holds:
        isAbsent(input("continuousDeploymentPolicyId")) ||
        input("continuousDeploymentPolicyId") === "",
      message:
        "sends part of the requests to another distribution, whose behaviours are not checked here: remove continuousDeploymentPolicyId",
    },
    {
      rule: "distribution-aliases",
      holds: sameSet(
        input("aliases"),
        stage.domain === undefined ? [] : [stage.domain, ...aliases],
      ),
      message: `does not answer to exactly ${stage.domain ?? "its own name"}; under another name cookies and callbacks would not match: set domain in stages.ts, and no other alias`,
    },
    certificateExpectation(chain),
    ...inputExpectations(distribution),
  ]);
}

function inputExpectations(distribution: Resource): readonly Expectation[] {
  return Object.keys(distribution.inputs)
    .filter((key) => !knownInputs.has(key))
    .map((key) => ({
      rule: key === "loggingConfig" ? "distribution-logging" : "distribution-setting",
      holds: isAbsent(inputOf(distribution, key)),
      message:
        key === "loggingConfig"
          ? "writes access logs; sign-in codes are in their addresses and, with includeCookies, session tokens too, readable by everybody with access to the bucket: remove loggingConfig; the guard logs every request without them"
          : `sets ${key}, which has not been reviewed for what it does to tokens: remove it, or add it to the known inputs of the distribution`,
    }));
}

function certificateExpectation({ distribution, stage }: Chain): Expectation {
  const { cloudfrontDefaultCertificate = false, ...certificate } = toObject(
    inputOf(distribution, "viewerCertificate"),
  );
  if (stage.domain === undefined) {
    return {
      rule: "distribution-certificate",
      holds: cloudfrontDefaultCertificate === true && Object.keys(certificate).length === 0,
      message: "has a certificate but the stage has no domain: set domain, or remove it",
    };
  }
  const arn = String(certificate["acmCertificateArn"]);
  return {
    rule: "distribution-certificate",
    holds:
      cloudfrontDefaultCertificate === false &&
      arn.split(":")[3] === "us-east-1" &&
      sameJson(certificate, {
        acmCertificateArn: stage.certificateArn ?? arn,
        sslSupportMethod: "sni-only",
        minimumProtocolVersion: "TLSv1.2_2021",
      }),
    message: `does not use ${stage.certificateArn === undefined ? "a certificate" : `the stage's certificate ${stage.certificateArn}`} of us-east-1 by SNI with TLSv1.2_2021; CloudFront refuses certificates of other regions, and older protocols are breakable: give the Router the certificate of the stage`,
  };
}
