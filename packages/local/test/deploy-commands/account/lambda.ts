import { type Answer, type Asked, type Call, json, pageOf, Refused } from "./answer.ts";
import type { AccountState, PlayedFunction } from "./state.ts";

/** Lambda's REST API, as far as it reads. */
export function lambdaCall(state: AccountState, { method, url, region }: Asked): Call | undefined {
  if (method !== "GET") return undefined;
  const tagged = /^\/2017-03-31\/tags\/([^/]+)$/.exec(url.pathname);
  if (tagged !== null) {
    const arn = decodeURIComponent(tagged[1] ?? "");
    return {
      action: "lambda:ListTags",
      run: () =>
        json({ Tags: state.functions.find((each) => each.FunctionArn === arn)?.tags ?? {} }),
    };
  }
  const marker = url.searchParams.get("Marker");
  const here = state.functions.filter((each) => each.region === region);
  if (/^\/2015-03-31\/functions\/?$/.test(url.pathname)) {
    return {
      action: "lambda:ListFunctions",
      run: () => {
        const { page, next } = pageOf(here, marker);
        return json({
          Functions: page.map(({ configuration }) => configuration),
          NextMarker: next ?? null,
        });
      },
    };
  }
  const [, named = "", part = ""] =
    /^\/(?:2015-03-31|2021-10-31)\/functions\/([^/]+)\/(configuration|versions|aliases|policy|urls)$/.exec(
      url.pathname,
    ) ?? [];
  const [name = "", inName] = nameAndQualifier(decodeURIComponent(named));
  const qualifier = url.searchParams.get("Qualifier") ?? inName ?? "";
  const found = (): PlayedFunction => {
    const played = here.find((each) => each.FunctionName === name);
    const missing =
      played === undefined ||
      (qualifier !== "" &&
        !played.versions.map(String).includes(qualifier) &&
        !played.aliases.includes(qualifier));
    if (missing)
      throw new Refused(
        "ResourceNotFoundException",
        404,
        `Function not found: arn:aws:lambda:${region}:${state.id}:function:${name}`,
      );
    return played;
  };
  const listed = (member: string, entries: readonly unknown[]): Answer => {
    const { page, next } = pageOf(entries, marker);
    return json({ [member]: page, NextMarker: next ?? null });
  };
  const parts: Readonly<Record<string, Call>> = {
    configuration: {
      action: "lambda:GetFunctionConfiguration",
      run: () =>
        json({ ...found().configuration, Version: qualifier === "" ? "$LATEST" : qualifier }),
    },
    versions: {
      action: "lambda:ListVersionsByFunction",
      run: () => {
        const { configuration, versions } = found();
        return listed(
          "Versions",
          ["$LATEST", ...versions.map(String)].map((Version) => ({ ...configuration, Version })),
        );
      },
    },
    aliases: {
      action: "lambda:ListAliases",
      run: () =>
        listed(
          "Aliases",
          found().aliases.map((Name) => ({ Name, FunctionVersion: "1" })),
        ),
    },
    policy: {
      action: "lambda:GetPolicy",
      run: () => {
        const Statement = found().policies.get(qualifier) ?? [];
        if (Statement.length === 0)
          throw new Refused(
            "ResourceNotFoundException",
            404,
            "The resource you requested does not exist.",
          );
        return json({
          Policy: JSON.stringify({ Version: "2012-10-17", Id: "default", Statement }),
          RevisionId: "1",
        });
      },
    },
    urls: {
      action: "lambda:ListFunctionUrlConfigs",
      run: () => listed("FunctionUrlConfigs", found().urls),
    },
  };
  return parts[part];
}

function nameAndQualifier(named: string): readonly (string | undefined)[] {
  if (!named.startsWith("arn:")) return named.split(":");
  const parts = named.split(":");
  return [parts[6], parts[7]];
}
