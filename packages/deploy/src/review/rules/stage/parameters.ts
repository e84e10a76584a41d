import { type AppClientName, forClients } from "@sst-gatehouse/blueprint/app-clients";
import { guardFunction } from "@sst-gatehouse/blueprint/guard-function";
import { parameterNames, parameterPrefix } from "@sst-gatehouse/blueprint/parameters";
import { noRevocations } from "@sst-gatehouse/blueprint/revocations";
import { callbackPath } from "@sst-gatehouse/blueprint/callback-urls";
import { signInClient, signInUrl } from "@sst-gatehouse/blueprint/sign-in-url";

import { type Graph, type Resource, resourcesOf } from "../../../dry-run/graph/graph.ts";
import { createStageOutputs } from "../../../stage-outputs.ts";
import { appUrlOf } from "../facts/app-url.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import type { Chain } from "../facts/chain.ts";
import { isAbsent, parseJson, sameJson, withoutSecretMarks } from "../../../dry-run/graph/json.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import { type Expectation, unmet, type Violation } from "../violation.ts";

/** More would not come with the guard's one call. */
const maxParameters = 10;
/** Of a standard parameter; longer ones cost extra. */
const maxValueLength = 4096;

/** What the guard and the commands read from Parameter Store: exactly what is expected there, and one secret. */
export function checkParameters(chain: Chain): readonly Violation[] {
  const { graph } = chain;
  const prefix = parameterPrefix(graph.app, graph.stage);
  const parameters = gatehouseParameters(chain, prefix);
  const expected = expectedValues(chain);
  const names = parameters.map((parameter) => inputOf(parameter, "name"));
  const missing = [...expected.keys()].filter((name) => !names.includes(`${prefix}/${name}`));
  return [
    ...missing.map((name) => ({
      rule: "parameter-missing",
      resource: `${awsTypes.parameter}::*`,
      message: `there is no ${prefix}/${name}, which the guard or the commands read: a deploy of the gate writes it: deploy with the newest sst-gatehouse`,
    })),
    ...parameters.flatMap((parameter) =>
      unmet(parameter, [
        ...storageExpectations(parameter, graph),
        ...valueExpectations(parameter, prefix, expected),
      ]),
    ),
    ...(parameters.length > maxParameters ? [tooMany(parameters.length)] : []),
  ];
}

/** The gate's own, and whatever else is written where the guard reads. */
function gatehouseParameters({ graph, parts }: Chain, prefix: string): readonly Resource[] {
  return resourcesOf(graph, awsTypes.parameter).filter((parameter) => {
    const name = String(inputOf(parameter, "name"));
    return parts.resources.includes(parameter)
      ? name.startsWith("/gatehouse/")
      : name.startsWith(`${prefix}/`);
  });
}

function storageExpectations(
  parameter: Resource,
  { app, stage, region }: Graph,
): readonly Expectation[] {
  const name = inputOf(parameter, "name");
  const secret = name === `${parameterPrefix(app, stage)}/${parameterNames.clientSecret}`;
  const type = secret ? "SecureString" : "String";
  return [
    {
      rule: "parameter-region",
      holds: parameter.region === region,
      message: `is not in the stage's region ${region}, the only region the guard reads from: create it with the default provider`,
    },
    {
      rule: "parameter-type",
      holds:
        inputOf(parameter, "type") === type &&
        isAbsent(inputOf(parameter, "keyId")) &&
        (!secret || isAbsent(inputOf(parameter, "insecureValue"))),
      message: secret
        ? "is not of type SecureString under the account's own key; the client's secret would be readable in lists, or the guard could not decrypt it: set type to SecureString, without keyId"
        : "is not of type String; nothing but the client's secret is secret here, and the guard decrypts nothing else: set type to String",
    },
    {
      rule: "parameter-size",
      holds: String(valueOf(parameter)).length <= maxValueLength,
      message: `is longer than the ${maxValueLength} characters of a standard parameter; AWS refuses it: write less`,
    },
  ];
}

function valueExpectations(
  parameter: Resource,
  prefix: string,
  expected: ReadonlyMap<string, (value: unknown) => boolean>,
): readonly Expectation[] {
  const name = String(inputOf(parameter, "name"));
  const isExpected = name.startsWith(`${prefix}/`)
    ? expected.get(name.slice(prefix.length + 1))
    : undefined;
  return [
    {
      rule: "parameter-name",
      holds: isExpected !== undefined,
      message: `is called ${name}, which is none of ${[...expected.keys()].join(", ")} below ${prefix}; the guard reads everything there with one call, and another stage's prefix is not ours: keep your own parameters elsewhere`,
    },
    {
      rule: "parameter-value",
      holds: isExpected === undefined || isExpected(valueOf(parameter)),
      message: `${name} does not hold what this stage has; the guard would trust something else, or a person would call it: write what the blueprint names, from the resources themselves`,
    },
  ];
}

/**
 * By name below the prefix. Values are compared in full, so nothing can hide in them, a client's secret least of all. Of
 * the list of ended sign-ins the graph has what a stage begins with; later deploys leave it alone (`ignored-changes.ts`).
 */
function expectedValues(chain: Chain): ReadonlyMap<string, (value: unknown) => boolean> {
  const { clients, guard } = chain;
  const webSecret = withoutSecretMarks(clients.get("web")?.outputs["clientSecret"]);
  return new Map<string, (value: unknown) => boolean>([
    ...[...clients].map(([name, client]): [string, (value: unknown) => boolean] => [
      parameterNames.client(name),
      (value) => value === attributeOf(client, "id"),
    ]),
    [
      parameterNames.clientSecret,
      (value) => typeof value === "string" && value !== "" && value === webSecret,
    ],
    [parameterNames.guard, (value) => value === attributeOf(guard, "qualifiedArn")],
    [parameterNames.outputs, (value) => isStageOutputs(value, chain)],
    // Also where `revocation` is off: a guard of the deploy before still reads it.
    [parameterNames.revoked, (value) => value === noRevocations],
  ]);
}

function isStageOutputs(value: unknown, chain: Chain): boolean {
  const { graph, stage, functionUrl, users, clients } = chain;
  const idOf = (name: AppClientName) => {
    const client = clients.get(name);
    return client === undefined ? undefined : attributeOf(client, "id");
  };
  const signIn = signInClient(stage);
  const signInId = idOf(signIn);
  if (signInId === undefined) return false;
  const appUrl = appUrlOf(chain);
  return sameJson(
    typeof value === "string" ? parseJson(value) : undefined,
    createStageOutputs({
      appUrl,
      signInUrl: signInUrl(signIn, signInId, {
        hostedOrigin: users.hostedOrigin,
        callbackUrl: `${appUrl}${callbackPath}`,
      }),
      functionUrl: attributeOf(functionUrl, "functionUrl"),
      region: graph.region,
      edgeRegion: guardFunction.region,
      userPoolId: users.id,
      clients: forClients(stage, (name) => ({ id: idOf(name) ?? "" })),
    }),
  );
}

function tooMany(count: number): Violation {
  return {
    rule: "parameter-count",
    resource: `${awsTypes.parameter}::*`,
    message: `there are ${count} below /gatehouse; the guard reads ${maxParameters} in its one call and fails on more: keep your own parameters elsewhere`,
  };
}

/** The provider has two inputs for it; the insecure one shows up in plans. */
function valueOf(parameter: Resource): unknown {
  return inputOf(parameter, "value") ?? inputOf(parameter, "insecureValue");
}
