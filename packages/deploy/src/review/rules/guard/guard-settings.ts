import {
  type AppClientName,
  type ClientIds,
  forClients,
} from "@sst-gatehouse/blueprint/app-clients";
import { parameterPrefix } from "@sst-gatehouse/blueprint/parameters";

import { makeGuardSettings } from "@sst-gatehouse/blueprint/make-guard-settings";
import { backendHosts } from "../facts/backend-arns.ts";
import type { Chain } from "../facts/chain.ts";
import { functionUrlHost } from "../facts/function-url-hosts.ts";
import {
  isObject,
  type JsonObject,
  parseJson,
  sameJson,
  toList,
  toObject,
} from "../../../dry-run/graph/json.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import { unmet, type Violation } from "../violation.ts";

/**
 * Whom the guard believes and where it sends what it has signed: `settings.json` beside its bundle. It has to say what the
 * graph and stages.ts say, member by member, and nothing else.
 */
export function checkGuardSettings(chain: Chain): readonly Violation[] {
  const { guard } = chain;
  const files = toObject(toObject(inputOf(guard, "code"))["archive"]);
  const { settings } = toObject(parseJson(toObject(files["settings.json"])["text"]));
  if (!isObject(settings)) {
    return unmet(guard, [
      {
        rule: "guard-settings",
        holds: false,
        message:
          "has settings that cannot be read here, so nobody knows whom it would believe: deploy the directory that the guard's build writes",
      },
    ]);
  }
  const differing = differences(settings, expectedSettings(chain, settings));
  return unmet(guard, [
    {
      rule: "guard-settings",
      holds: differing.length === 0,
      message: `differs from the stage in ${differing.join(", ")} in settings.json; it would trust other keys, pools or clients, or sign for other hosts: make them with makeGuardSettings, from this stage's own resources`,
    },
  ]);
}

/** Ids may be left to Parameter Store; where they are there, they are the stage's. */
function expectedSettings(chain: Chain, settings: JsonObject): JsonObject {
  const { graph, stage, functionUrl, users, site } = chain;
  const expected = makeGuardSettings({
    stage,
    region: graph.region,
    prefix: parameterPrefix(graph.app, graph.stage),
    functionUrls: [...new Set([functionUrlHost(functionUrl), ...backendHosts(chain)])]
      .map((host) => `https://${String(host)}`)
      .filter((url) => URL.canParse(url)),
    // Which page answers all others is for the rule of the site.
    ...(site && { site: { ...toObject(settings["site"]), host: site.host } }),
    userPoolId: users.id,
    keys: [],
    hostedOrigin: users.hostedOrigin,
    clientIds: settings["clients"] === undefined ? undefined : clientIds(chain),
  });
  return { ...expected, jwks: { keys: toList(users.pool.outputs["publicKeys"]) } };
}

function clientIds({ clients, stage }: Chain): ClientIds {
  return forClients(stage, (name: AppClientName) => {
    const client = clients.get(name);
    return client === undefined ? "" : attributeOf(client, "id");
  });
}

function differences(settings: JsonObject, expected: JsonObject): readonly string[] {
  const members = new Set([...Object.keys(settings), ...Object.keys(expected)]);
  return [...members].filter((member) => !sameJson(settings[member], expected[member]));
}
