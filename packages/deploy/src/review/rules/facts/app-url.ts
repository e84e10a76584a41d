import type { Chain } from "./chain.ts";
import { attributeOf } from "../../../dry-run/graph/resource-values.ts";

/** Where people find the app: the stage's domain, or the distribution's own name. Without a trailing slash. */
export function appUrlOf({ stage, distribution }: Pick<Chain, "stage" | "distribution">): string {
  return `https://${stage.domain ?? attributeOf(distribution, "domainName")}`;
}
