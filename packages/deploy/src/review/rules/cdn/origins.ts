import { origin as blueprint } from "@sst-gatehouse/blueprint/cache-behavior";
import { siteAccessControl } from "@sst-gatehouse/blueprint/site-bucket";

import { resourcesOf } from "../../../dry-run/graph/graph.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import type { Chain } from "../facts/chain.ts";
import { functionUrlHost, lookedUpFunctions } from "../facts/function-url-hosts.ts";
import {
  isAbsent,
  type JsonObject,
  sameJson,
  toList,
  toObject,
} from "../../../dry-run/graph/json.ts";
import type { SiteParts } from "../facts/site-parts.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import { type Expectation, unmet, type Violation } from "../violation.ts";

const knownMembers = new Set([
  "connectionAttempts",
  "connectionTimeout",
  "customHeaders",
  "customOriginConfig",
  "domainName",
  "originAccessControlId",
  "originId",
  "originPath",
]);

/**
 * Where CloudFront may send what the guard has signed: to Function URLs, as the guard expects them. Which of them it signs
 * for is in its settings, and which it may call in its policy.
 */
export function checkOrigins(chain: Chain): readonly Violation[] {
  const { graph, distribution, functionUrl, site, appOrigins } = chain;
  const hosts = [
    ...resourcesOf(graph, awsTypes.functionUrl).map(functionUrlHost),
    ...lookedUpFunctions(graph).keys(),
  ];
  const host = functionUrlHost(functionUrl);
  const origins = toList(inputOf(distribution, "origins")).map(toObject);
  const ids = origins.map(({ originId }) => originId);
  return unmet(distribution, [
    {
      rule: "origin-count",
      holds: origins.length > 0 && new Set(ids).size === ids.length,
      message:
        "has no origin, or two with one id, and CloudFront refuses that: give each route one origin",
    },
    {
      rule: "origin-app",
      holds: origins.some(({ domainName }) => domainName === host),
      message: `does not lead to ${host}, the Function URL of Api; nobody could reach the app: give it a route`,
    },
    ...origins
      .filter(({ domainName }) => !appOrigins.has(domainName))
      .flatMap((origin) =>
        site !== undefined && origin["domainName"] === site.host
          ? bucketExpectations(origin, site)
          : originExpectations(origin, hosts, chain),
      ),
  ]);
}

/** How CloudFront asks the bucket of the site: signed by itself, and with nothing of the guard's. */
function bucketExpectations(
  origin: JsonObject,
  { accessControl }: SiteParts,
): readonly Expectation[] {
  const name = `origin ${String(origin["originId"])}`;
  const more = Object.keys(origin).filter(
    (member) =>
      !["domainName", "originAccessControlId", "originId"].includes(member) &&
      !isAbsent(origin[member]) &&
      origin[member] !== "",
  );
  return [
    {
      rule: "origin-access-control",
      holds:
        accessControl !== undefined &&
        origin["originAccessControlId"] === attributeOf(accessControl, "id") &&
        Object.entries(siteAccessControl).every(
          ([member, value]) => inputOf(accessControl, member) === value,
        ),
      message: `${name} is not asked with the site's origin access control, signed always; the bucket would refuse CloudFront, or somebody would open it to everybody: take the blueprint's siteAccessControl`,
    },
    {
      rule: "origin-setting",
      holds: more.length === 0,
      message: `${name} sets ${more.join(", ")}, which has not been reviewed for what it does to a file's request: remove it`,
    },
  ];
}

function originExpectations(
  origin: JsonObject,
  hosts: readonly string[],
  { stage }: Chain,
): readonly Expectation[] {
  const name = `origin ${String(origin["originId"])}`;
  const config = toObject(origin["customOriginConfig"]);
  const unknown = Object.keys(origin).filter(
    (member) => !knownMembers.has(member) && !isAbsent(origin[member]),
  );
  return [
    {
      rule: "origin-host",
      holds: hosts.some((host) => origin["domainName"] === host),
      message: `${name} is ${String(origin["domainName"])}, not a Function URL of this stage nor one that it has looked up; signed requests and their tokens would go to that host's owner, and a placeholder gives 502 before the guard even runs: give the Router inline routes, each to a Function URL of the stage or of getFunctionUrlOutput`,
    },
    {
      rule: "origin-https",
      holds:
        config["originProtocolPolicy"] === "https-only" && config["httpsPort"] === blueprint.port,
      message: `${name} is not https-only on port ${blueprint.port}; tokens and signatures would travel in clear text: take the blueprint's origin`,
    },
    {
      rule: "origin-tls",
      holds: sameJson(config["originSslProtocols"], blueprint.sslProtocols),
      message: `${name} allows other protocols than ${blueprint.sslProtocols.join(", ")}, which are breakable: take the blueprint's origin`,
    },
    {
      rule: "origin-path",
      holds: isAbsent(origin["originPath"]) || origin["originPath"] === "",
      message: `${name} adds a path in front of the one that was signed; AWS would refuse every request: remove originPath`,
    },
    {
      rule: "origin-headers",
      holds: isAbsent(origin["customHeaders"]),
      message: `${name} adds headers behind the guard's back; the backend could not tell them from the caller's: remove customHeaders`,
    },
    {
      rule: "origin-access-control",
      holds: isAbsent(origin["originAccessControlId"]),
      message: `${name} has an origin access control; CloudFront would sign again and overwrite the guard's signature: remove originAccessControlId`,
    },
    {
      rule: "origin-read-timeout",
      holds: config["originReadTimeout"] === stage.originReadTimeoutSeconds,
      message: `${name} does not wait the stage's ${stage.originReadTimeoutSeconds} seconds between two packets; slow answers and quiet streams would be cut off earlier or later than the stage says: take originReadTimeoutSeconds from the stage`,
    },
    {
      rule: "origin-keepalive",
      holds: config["originKeepaliveTimeout"] === stage.originKeepaliveSeconds,
      message: `${name} does not keep idle connections for the stage's ${stage.originKeepaliveSeconds} seconds, so more requests than expected wait for a new one: take originKeepaliveSeconds from the stage`,
    },
    {
      rule: "origin-retries",
      holds:
        (origin["connectionAttempts"] ?? blueprint.connectionAttempts) ===
          blueprint.connectionAttempts &&
        (origin["connectionTimeout"] ?? blueprint.connectionTimeoutSeconds) ===
          blueprint.connectionTimeoutSeconds,
      message: `${name} is tried differently from the laptop: take attempts and timeout from the blueprint`,
    },
    {
      rule: "origin-setting",
      holds: unknown.length === 0,
      message: `${name} sets ${unknown.join(", ")}, which has not been reviewed for what it does to a signed request: remove it`,
    },
  ];
}
