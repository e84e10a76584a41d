import { gateType } from "@sst-gatehouse/blueprint/gate";
import { hostedOriginAt } from "@sst-gatehouse/blueprint/sign-in-url";

import { type Graph, resourcesOf } from "../../dry-run/graph/graph.ts";
import { awsTypes } from "../../dry-run/graph/aws-types.ts";
import { inputOf } from "../../dry-run/graph/resource-values.ts";
import { asText, asTexts } from "./readable.ts";

/** An address that the internet can call without a signature. */
export interface AddressInPlan {
  readonly what: string;
  readonly url: string;
}

/** Everything that answers strangers: distributions, the hosted sign-in, and Function URLs that IAM does not lock. */
export function publicAddresses(graph: Graph): readonly AddressInPlan[] {
  const distributions = resourcesOf(graph, awsTypes.distribution).flatMap((distribution) => {
    const aliases = asTexts(inputOf(distribution, "aliases"));
    const hosts = aliases.length > 0 ? aliases : asTexts(distribution.outputs["domainName"]);
    return hosts.map((host) => ({ what: "CloudFront", url: `https://${host}` }));
  });
  const declared = resourcesOf(graph, awsTypes.userPoolDomain).map((domain) =>
    hostedOriginAt(asText(inputOf(domain, "domain")), domain.region ?? ""),
  );
  const ofGates = resourcesOf(graph, gateType).flatMap((gate) =>
    asTexts(gate.outputs["hostedOrigin"]),
  );
  const signIn = [...new Set([...declared, ...ofGates])].map((url) => ({
    what: "hosted sign-in",
    url,
  }));
  const unlocked = resourcesOf(graph, awsTypes.functionUrl)
    .filter((url) => inputOf(url, "authorizationType") !== "AWS_IAM")
    .map((url) => ({ what: `${url.name}, not locked`, url: asText(url.outputs["functionUrl"]) }));
  return [...distributions, ...signIn, ...unlocked];
}
