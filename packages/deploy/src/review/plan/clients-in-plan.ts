import { type Graph, resourcesOf } from "../../dry-run/graph/graph.ts";
import { awsTypes } from "../../dry-run/graph/aws-types.ts";
import { inputOf } from "../../dry-run/graph/resource-values.ts";
import { asTexts, givenName } from "./readable.ts";

/** An app client: how one gets tokens by it, and where they go. */
export interface ClientInPlan {
  readonly name: string;
  readonly flows: readonly string[];
  readonly secret: boolean;
  readonly scopes: readonly string[];
  readonly returnsTo: readonly string[];
}

/** Every app client of the stage. */
export function clientsOf(graph: Graph): readonly ClientInPlan[] {
  return resourcesOf(graph, awsTypes.userPoolClient).map((client) => {
    const texts = (key: string) => asTexts(inputOf(client, key));
    return {
      name: givenName(client) ?? client.name,
      flows: texts("allowedOauthFlows"),
      secret: inputOf(client, "generateSecret") === true,
      scopes: texts("allowedOauthScopes"),
      returnsTo: texts("callbackUrls"),
    };
  });
}
