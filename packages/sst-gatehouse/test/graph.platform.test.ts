import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import { appClientNames } from "@sst-gatehouse/blueprint/app-clients";
import { guardName } from "@sst-gatehouse/blueprint/guard-function";
import { resolveStage, type StageSettings } from "@sst-gatehouse/blueprint/stages";
import type { Evaluation } from "@sst-gatehouse/deploy/evaluate-config";
import type { Graph, Resource } from "@sst-gatehouse/deploy/graph";
import { checkGraph, checkNamesAcross } from "@sst-gatehouse/deploy/rules";
import { parseStageOutputs } from "@sst-gatehouse/deploy/stage-outputs";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { access, evaluateFresh, evaluateSample as evaluate, stageOf } from "./support/sample.ts";

function one(graph: Graph, name: string): Resource {
  const [found, ...others] = graph.resources.filter((resource) => resource.name === name);
  if (found === undefined || others.length > 0)
    throw new Error(`${others.length + (found ? 1 : 0)} resources are called ${name}`);
  return found;
}

/** The files that a function would get, without what SST seals into each build. */
async function settingsOf(evaluation: Evaluation): Promise<Record<string, unknown>> {
  const { directory } = await evaluation.code(
    guardName(evaluation.graph.app, evaluation.graph.stage),
  );
  return JSON.parse(await readFile(join(directory, "settings.json"), "utf8")).settings;
}

/** What a deploy prints whose guard has no client ids. */
const madeBefore =
  "The guard was made before one of its app clients. Each new container asks Parameter Store for their ids, and answers 503 for a moment: deploy once more, and it knows them.";

let anna: Evaluation;
let production: Evaluation;

beforeAll(async () => {
  anna = await evaluate({ stage: "anna" });
  production = await evaluate({ stage: "production" });
}, 120_000);

const inventory = (graph: Graph): string[] =>
  graph.resources
    .filter(({ type }) => type.startsWith("aws:"))
    .map(({ region, type, name }) => `${region} ${type.split(":")[1]?.split("/")[1]} ${name}`);

describe("what a stage registers", () => {
  test("is this, and nothing else", () => {
    expect(inventory(anna.graph)).toEqual([
      "eu-central-1 distribution GateCdnDistribution",
      "eu-central-1 function GateCloudfrontFunction",
      "eu-central-1 logGroup GateApiLogGroup",
      "eu-central-1 resourceServer GateResourceServer",
      "eu-central-1 userGroup GateGroup-admin",
      "eu-central-1 userPool GateUsersUserPool",
      "eu-central-1 userPoolClient GateMachineClient",
      "eu-central-1 userPoolClient GateWebClient",
      "eu-central-1 userPoolDomain GateSignInDomain",
      "eu-central-1 role GateApiRole",
      "eu-central-1 role GateGuardRole",
      "eu-central-1 rolePolicy GateGuardPolicy",
      "eu-central-1 function GateApiFunction",
      "us-east-1 function gatehouse-anna-Guard",
      "eu-central-1 functionUrl GateApiUrl",
      "eu-central-1 bucketObjectv2 GateApiCode",
      "eu-central-1 bucketObjectv2 GateApiSourcemap0",
      "eu-central-1 parameter GateParameter-guard",
      "eu-central-1 parameter GateParameter-machine-client",
      "eu-central-1 parameter GateParameter-outputs",
      "eu-central-1 parameter GateParameter-revoked",
      "eu-central-1 parameter GateParameter-web-client",
      "eu-central-1 parameter GateParameter-web-client-secret",
    ]);
    expect(inventory(production.graph)).toEqual(
      inventory(anna.graph).map((line) => line.replace("gatehouse-anna-", "gatehouse-production-")),
    );
  });

  test("is what AWS takes, and safe there, for a personal stage and for production", () => {
    expect(checkGraph(anna.graph, stageOf("anna"), access)).toEqual([]);
    expect(checkGraph(production.graph, stageOf("production"), access)).toEqual([]);
  });

  test("is tagged with app and stage in both regions, which `pnpm sweep` goes by", () => {
    expect(JSON.parse(String(one(anna.graph, "GateUsEast1").inputs["defaultTags"]))).toEqual({
      tags: { "sst:app": "gatehouse", "sst:stage": "anna" },
    });
  });

  test("shares no name with another stage", () => {
    expect(checkNamesAcross(anna.graph, production.graph)).toEqual([]);
  });

  test("shares no name with itself in another region, but for the letters that SST draws anew there", async () => {
    const waf = { requestsPerFiveMinutes: 2000 };
    const [here, there] = await Promise.all(
      ["eu-central-1", "eu-west-1"].map((region) =>
        evaluate({ stage: "production", production: { waf }, region }),
      ),
    );
    expect(here?.graph.region).toBe("eu-central-1");
    expect(there?.graph.region).toBe("eu-west-1");
    const shared = checkNamesAcross(here!.graph, there!.graph);
    expect(shared.map(({ resource }) => resource.split("::")[1])).toEqual([
      "GateCloudfrontFunction",
      "GateApiRole",
    ]);
    expect(checkGraph(there!.graph, stageOf("production", { waf }), access)).toEqual([]);
  });

  test("is removed with a personal stage, and kept and protected in production", () => {
    expect([anna.graph.removal, anna.graph.protect]).toEqual(["remove", false]);
    expect([production.graph.removal, production.graph.protect]).toEqual(["retain", true]);
    expect(one(production.graph, "GateUsersUserPool").options.retainOnDelete).toBe(true);
    expect(one(anna.graph, "GateUsersUserPool").options.retainOnDelete).toBeUndefined();
  });

  test("returns the guard's sign-ins to the guard's own addresses, in every stage", () => {
    for (const { graph } of [anna, production]) {
      const appUrl = String(graph.outputs["appUrl"]);
      expect(one(graph, "GateWebClient").inputs).toMatchObject({
        callbackUrls: [`${appUrl}/.auth/callback`],
        logoutUrls: [`${appUrl}/.auth/signed-out`],
        generateSecret: true,
      });
    }
  });

  test("writes the secret of that client down, encrypted, and marks it wherever it is shown", () => {
    const { inputs } = one(anna.graph, "GateParameter-web-client-secret");
    const { clientSecret } = one(anna.graph, "GateWebClient").outputs;
    expect(inputs).toMatchObject({
      name: "/gatehouse/gatehouse/anna/web-client-secret",
      type: "SecureString",
      value: { "<secret>": expect.stringMatching(/^[0-9a-f]{52}$/) },
    });
    expect(JSON.stringify(clientSecret)).toContain(Object.values(Object(inputs["value"]))[0]);
  });

  test("has the public client where the stage opens it, without a secret, and returns it to those who may call", async () => {
    const settings: StageSettings = {
      spaClient: true,
      corsOrigins: ["https://front.example.com", "capacitor://localhost"],
      spaCallbackUrls: ["myapp://callback"],
      spaLogoutUrls: ["myapp://signed-out"],
    };
    const { graph } = await evaluate({ stage: "production", production: settings });
    expect(checkGraph(graph, stageOf("production", settings), access)).toEqual([]);
    const urls = [`${String(graph.outputs["appUrl"])}/`, "https://front.example.com/"];
    expect(one(graph, "GateSpaClient").inputs).toMatchObject({
      allowedOauthFlows: ["code"],
      callbackUrls: [...urls, "myapp://callback"],
      logoutUrls: [...urls, "myapp://signed-out"],
      generateSecret: false,
    });
  });

  test("lets people ask for OpenID's scopes alone, by every client of theirs, until the stage gives them more", async () => {
    const openId = ["openid", "email", "profile"];
    const api = ["api/read", "api/write"];
    const clients = ["GateWebClient", "GateWalkthroughClient", "GateMachineClient"];
    const scopesOf = async (settings: StageSettings) => {
      const evaluation = await evaluate({ stage: "anna", anna: settings });
      const { signIn } = await settingsOf(evaluation);
      expect(
        checkGraph(evaluation.graph, resolveStage({ default: settings }, "anna"), access),
      ).toEqual([]);
      return [
        ...clients.map((name) => one(evaluation.graph, name).inputs["allowedOauthScopes"]),
        signIn,
      ];
    };
    const asked = (peopleScopes: readonly string[]) => expect.objectContaining({ peopleScopes });
    expect(await scopesOf({ implicitGrant: true })).toEqual([openId, openId, api, asked([])]);
    const given = ["api/read"];
    const more = [...openId, "api/read"];
    expect(await scopesOf({ implicitGrant: true, peopleScopes: given })).toEqual([
      more,
      more,
      api,
      asked(given),
    ]);
    for (const { graph } of [anna, production])
      expect(one(graph, "GateWebClient").inputs["allowedOauthScopes"]).toEqual(openId);
  });

  test("has the same list of ended sign-ins when `revocation` is turned off, so that turning it off and on empties nothing", async () => {
    const settings: StageSettings = { revocation: "off" };
    const { graph } = await evaluate({ stage: "production", production: settings });
    expect(checkGraph(graph, stageOf("production", settings), access)).toEqual([]);
    expect(one(graph, "GateParameter-revoked")).toEqual(
      one(production.graph, "GateParameter-revoked"),
    );
  });

  test("prints what a person needs, and writes the same down for `pnpm outputs`", () => {
    const { outputs } = anna.graph;
    const secret = one(anna.graph, "GateParameter-outputs").inputs["value"];
    const written = parseStageOutputs(
      typeof secret === "object" && secret !== null && "<secret>" in secret
        ? String(secret["<secret>"])
        : String(secret),
    );
    expect(outputs).toEqual({
      appUrl: written.appUrl,
      signInUrl: written.signInUrl,
      functionUrl: written.functionUrl,
      region: "eu-central-1",
      userPoolId: written.userPoolId,
      webClientId: written.clients.web.id,
      machineClientId: written.clients.machine?.id,
      note: madeBefore,
    });
    expect(written.signInUrl).toMatch(
      /^https:\/\/gatehouse-anna-[0-9a-f]{8}\.auth\.eu-central-1\.amazoncognito\.com\/login\?client_id=/,
    );
  });
});

describe("the guard's artifact", () => {
  const digests = async (evaluation: Evaluation): Promise<string[]> => {
    const { directory } = await evaluation.code(
      guardName(evaluation.graph.app, evaluation.graph.stage),
    );
    const files = (await readdir(directory)).toSorted();
    return Promise.all(
      files.map(async (file) => {
        const content = await readFile(join(directory, file));
        return `${file} ${createHash("sha256").update(content).digest("hex")}`;
      }),
    );
  };

  test("is the same bytes when nothing has changed, so that no new version is made", async () => {
    const again = await evaluateFresh({ stage: "anna" });
    onTestFinished(() => again.dispose());
    expect(await digests(again)).toEqual(await digests(anna));
    expect(again.graph).toEqual(anna.graph);
  });

  test("differs between stages by its settings and its keys alone", async () => {
    const [ours, theirs] = [await digests(anna), await digests(production)];
    expect(ours.filter((line) => !theirs.includes(line)).map((line) => line.split(" ")[0])).toEqual(
      ["sealing.json", "settings.json"],
    );
  });

  test("knows no client on the first deploy, and asks Parameter Store", async () => {
    const settings = await settingsOf(anna);
    expect(settings).toMatchObject({ madeBy: "deploy", clientNames: ["web", "machine"] });
    expect(Object.keys(settings)).toEqual([
      "madeBy",
      "region",
      "prefix",
      "functionUrlHost",
      "issuers",
      "jwks",
      "clientNames",
      "corsOrigins",
      "forwardToken",
      "originHeaderBytes",
      "signIn",
      "revocation",
    ]);
  });

  const outputsParameter = "/gatehouse/gatehouse/anna/outputs";
  const writtenBy = ({ graph }: Evaluation): string => {
    const value = one(graph, "GateParameter-outputs").inputs["value"];
    if (typeof value !== "object" || value === null || !("<secret>" in value))
      throw new Error("the provider counts parameters as secret");
    return String(value["<secret>"]);
  };

  test("has the clients baked in from the second deploy on", async () => {
    const second = await evaluate({
      stage: "anna",
      previous: { [outputsParameter]: writtenBy(anna) },
    });
    const { webClientId, machineClientId } = second.graph.outputs;
    expect(await settingsOf(second)).toMatchObject({
      clients: {
        [String(webClientId)]: { name: "web", kind: "person", tokenUses: ["id", "access"] },
        [String(machineClientId)]: { name: "machine", kind: "machine", tokenUses: ["access"] },
      },
    });
    expect(second.graph.outputs).not.toHaveProperty("note");
    expect(checkGraph(second.graph, stageOf("anna"), access)).toEqual([]);
  });

  test("has no client baked in, and says so, when the stage gets the walk-through's client", async () => {
    const second = await evaluate({
      stage: "anna",
      previous: { [outputsParameter]: writtenBy(anna) },
      anna: { implicitGrant: true },
    });
    expect(await settingsOf(second)).not.toHaveProperty("clients");
    expect(second.graph.outputs["note"]).toBe(madeBefore);
  });

  test("forgets what a deploy with another user pool wrote", async () => {
    const other = writtenBy(anna).replaceAll(
      String(anna.graph.outputs["userPoolId"]),
      "eu-central-1_another01",
    );
    const second = await evaluate({ stage: "anna", previous: { [outputsParameter]: other } });
    expect(await settingsOf(second)).not.toHaveProperty("clients");
    expect(second.graph.outputs["note"]).toBe(madeBefore);
  });

  test("says so when a client was replaced", async () => {
    const id = String(anna.graph.outputs["webClientId"]);
    const other = writtenBy(anna).replaceAll(id, "1anotherwebclientofbefore1");
    const second = await evaluate({ stage: "anna", previous: { [outputsParameter]: other } });
    expect(second.graph.outputs["note"]).toBe(
      "An app client was replaced, and the guard still knows the old one: deploy once more.",
    );
  });

  test("takes nothing from outputs that no deploy wrote", async () => {
    const second = await evaluate({
      stage: "anna",
      previous: { [outputsParameter]: '{"appUrl":"https://evil.example"}' },
    });
    expect(second.graph).toEqual(anna.graph);
    expect(await digests(second)).toEqual(await digests(anna));
  });
});

describe("a stage with everything", () => {
  const settings: StageSettings = {
    domain: "app.example.com",
    certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/abc",
    waf: { requestsPerFiveMinutes: 2000 },
    corsOrigins: ["https://spa.example.com"],
    apiTimeoutSeconds: 900,
    originReadTimeoutSeconds: 120,
  };

  test("has its firewall, its domain, and its clients in the guard from the first deploy on", async () => {
    const evaluation = await evaluate({ stage: "production", production: settings });
    const { graph } = evaluation;
    const stage = stageOf("production", settings);
    expect(checkGraph(graph, stage, access)).toEqual([]);
    expect(graph.outputs["appUrl"]).toBe("https://app.example.com");
    expect(graph.outputs["pointTheDomainAt"]).toMatch(/\.cloudfront\.net$/);
    const { clients, appOrigins } = await settingsOf(evaluation);
    expect(Object.keys(clients ?? {})).toHaveLength(appClientNames(stage).length);
    expect(appOrigins).toEqual(["https://app.example.com"]);
  });
});

test.each([
  ["never-empty", "RESPONSE_STREAM"],
  ["off", "BUFFERED"],
] as const)("a stage with streaming %s has a Function URL of mode %s", async (streaming, mode) => {
  const settings: StageSettings = { streaming };
  const { graph } = await evaluate({ stage: "production", production: settings });
  expect(checkGraph(graph, stageOf("production", settings), access)).toEqual([]);
  expect(one(graph, "GateApiUrl").inputs["invokeMode"]).toBe(mode);
});

describe("under sst dev", () => {
  test("the backend is a live bridge that answers whole, and the lock stays on", async () => {
    const { graph } = await evaluate({ stage: "anna", dev: true });
    expect(checkGraph(graph, stageOf("anna"), access)).toEqual([]);
    expect(one(graph, "GateApiUrl").inputs).toMatchObject({
      authorizationType: "AWS_IAM",
      invokeMode: "BUFFERED",
    });
    expect(one(graph, "gatehouse-anna-Guard").inputs).toEqual(
      one(anna.graph, "gatehouse-anna-Guard").inputs,
    );
  });
});
