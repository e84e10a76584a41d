import { accountOf } from "./aws-account.ts";
import type { Chain } from "./chain.ts";
import { functionAt, functionUrlRegion, lookedUpFunctions } from "./function-url-hosts.ts";
import { toList, toObject } from "../../../dry-run/graph/json.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";

/**
 * The functions behind the guard, in the order of the origins. A function that others deploy is told by the look-up of
 * its Function URL, and has to be one of this account, in the region of that URL.
 *
 * @returns their ARNs; for one that cannot be told, a text that is no ARN.
 */
export function backendArns(chain: Chain): readonly string[] {
  const { graph } = chain;
  const lookedUp = lookedUpFunctions(graph);
  return backendHosts(chain).map((host) => {
    const own = functionAt(graph, host);
    if (own !== undefined) return attributeOf(own, "arn");
    const arn = typeof host === "string" ? lookedUp.get(host) : undefined;
    return arn !== undefined && isForeignFunction(chain, arn, functionUrlRegion(host))
      ? arn
      : `the function behind ${String(host)}`;
  });
}

/** The hosts that CloudFront leads to, but for the site's and the app's own; each once, although each path of a function has an origin. */
export function backendHosts({ distribution, site, appOrigins }: Chain): readonly unknown[] {
  const hosts = toList(inputOf(distribution, "origins")).map(
    (origin) => toObject(origin)["domainName"],
  );
  return [...new Set(hosts)].filter(
    (host) => !appOrigins.has(host) && (site === undefined || host !== site.host),
  );
}

function isForeignFunction(
  { graph, backend }: Chain,
  arn: string,
  region: string | undefined,
): boolean {
  if (region === undefined) return false;
  const { partition, id } = accountOf(backend);
  const prefix = `arn:${partition}:lambda:${region}:${id}:function:`;
  return (
    arn.startsWith(prefix) &&
    /^[\w-]{1,64}$/.test(arn.slice(prefix.length)) &&
    !graph.resources.some(({ outputs }) => outputs["arn"] === arn)
  );
}
