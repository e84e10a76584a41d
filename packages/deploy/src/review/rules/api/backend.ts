import {
  apiEnvironment,
  apiFunction,
  type BackendRevocation,
} from "@sst-gatehouse/blueprint/api-function";
import { backendRevocation } from "@sst-gatehouse/blueprint/make-guard-settings";
import { edgeRoleName } from "@sst-gatehouse/blueprint/edge-role";
import { parameterPrefix } from "@sst-gatehouse/blueprint/parameters";

import { type Resource, resourcesOf } from "../../../dry-run/graph/graph.ts";
import { accountOf } from "../facts/aws-account.ts";
import { awsTypes } from "../../../dry-run/graph/aws-types.ts";
import type { Chain } from "../facts/chain.ts";
import { runtimeOf } from "../facts/expected-runtime.ts";
import { isAbsent, sameJson, sameSet, toList, toObject } from "../../../dry-run/graph/json.ts";
import { statementsOf } from "../facts/policies.ts";
import { attributeOf, inputOf } from "../../../dry-run/graph/resource-values.ts";
import { type Expectation, unmet, type Violation } from "../violation.ts";

/** Variables by which the runtime loads other code before the handler's, or believes other servers. */
const refusedVariables = [
  "NODE_OPTIONS",
  "AWS_LAMBDA_EXEC_WRAPPER",
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "NODE_EXTRA_CA_CERTS",
];

const basicExecution = "policy/service-role/AWSLambdaBasicExecutionRole";
/** What SST attaches to a function in a VPC: it makes network interfaces, and logs. */
const vpcAccess = "policy/service-role/AWSLambdaVPCAccessExecutionRole";

/** The backend believes what the guard's role signed; here is whether it knows that role, and who else may be it. */
export function checkBackend(chain: Chain): readonly Violation[] {
  const { graph, backend, backends, ownBackend } = chain;
  return [
    ...[...new Set([backend, ...backends])].flatMap((one) => unmet(one, codeExpectations(one))),
    // `sst dev` deploys a stub in its place, which runs the handler on the developer's machine.
    ...unmet(backend, graph.dev || !ownBackend ? [] : runtimeExpectations(chain)),
    ...unmet(backend, environmentExpectations(chain)),
    ...unmet(backend, ownBackend ? logExpectations(chain) : []),
    ...checkRole(chain),
  ];
}

/** Nothing but its own code may run where callers and their data arrive. */
function codeExpectations(backend: Resource): readonly Expectation[] {
  const variables = toObject(toObject(inputOf(backend, "environment"))["variables"]);
  const refused = refusedVariables.filter((name) => Object.hasOwn(variables, name));
  return [
    {
      rule: "backend-layers",
      holds: isAbsent(inputOf(backend, "layers")),
      message:
        "has layers; an extension in one sees every request, and nothing here says what is in it: bundle what it needs",
    },
    {
      rule: "backend-environment",
      holds: refused.length === 0,
      message: `sets ${refused.join(", ")}, which can run other code before the handler or make a foreign server look like a known one: remove it`,
    },
  ];
}

function runtimeExpectations({ graph, backend, stage }: Chain): readonly Expectation[] {
  const is = (key: string, expected: unknown) => sameJson(inputOf(backend, key), expected);
  const runtime = runtimeOf(graph);
  return [
    {
      rule: "backend-runtime",
      holds: is("runtime", runtime),
      message: `does not run on ${runtime}, which is the newest that version ${graph.awsProvider} of the AWS provider takes: take it from the blueprint's nodeRuntime`,
    },
    {
      rule: "backend-architecture",
      holds: is("architectures", [apiFunction.architecture]),
      message: `is not ${apiFunction.architecture}, which it is tested with: take it from the blueprint's apiFunction`,
    },
    {
      rule: "backend-memory",
      holds: is("memorySize", stage.apiMemoryMb),
      message: `does not have the stage's memory of ${stage.apiMemoryMb} MB: take apiMemoryMb from the stage`,
    },
    {
      rule: "backend-timeout",
      holds: is("timeout", stage.apiTimeoutSeconds),
      message: `does not have the stage's timeout of ${stage.apiTimeoutSeconds} seconds; Lambda would cut answers off earlier or later: take apiTimeoutSeconds from the stage`,
    },
  ];
}

function environmentExpectations({
  graph,
  stage,
  backend,
  guardRole,
}: Chain): readonly Expectation[] {
  const variables = toObject(toObject(inputOf(backend, "environment"))["variables"]);
  const account = accountOf(guardRole).id;
  const role = edgeRoleName(graph.app, graph.stage, graph.region);
  const corsOrigins = JSON.stringify(stage.corsOrigins);
  const streaming = graph.dev ? "off" : stage.streaming;
  const list = listOf({ graph, stage });
  return [
    {
      rule: "backend-edge-account",
      holds: variables[apiEnvironment.edgeAccount] === account,
      message: `is not told by ${apiEnvironment.edgeAccount} that the guard's role is in account ${account}; it would refuse the guard, or believe another account's role: set it to the stage's account`,
    },
    {
      rule: "backend-edge-role",
      holds: variables[apiEnvironment.edgeRole] === role,
      message: `is not told by ${apiEnvironment.edgeRole} to believe ${role}; it would refuse the guard, or believe another role's word on who is calling: take the blueprint's edgeRoleName`,
    },
    {
      rule: "backend-cors-origins",
      holds: variables[apiEnvironment.corsOrigins] === corsOrigins,
      message: `is not told the stage's CORS origins ${corsOrigins} by ${apiEnvironment.corsOrigins}; browsers would be refused, or unlisted origins admitted: write corsOrigins of the stage as JSON`,
    },
    {
      rule: "backend-streaming",
      holds: variables[apiEnvironment.streaming] === streaming,
      message: `is not told ${streaming} by ${apiEnvironment.streaming}; answers would leave in another way than the stage says, or than its Function URL takes: create it with lock()`,
    },
    {
      rule: "backend-revocation",
      holds:
        variables[apiEnvironment.revocation] ===
        (list === undefined ? undefined : JSON.stringify(list)),
      message: `is not told by ${apiEnvironment.revocation} what the stage says of ended sign-ins; it would refuse everybody whom the guard leaves to it, or read another list: take the blueprint's backendRevocation`,
    },
  ];
}

function listOf({ graph, stage }: Pick<Chain, "graph" | "stage">): BackendRevocation | undefined {
  return backendRevocation(stage, parameterPrefix(graph.app, graph.stage));
}

/** Whether the role may read every parameter of the list that the backend is told of. */
function mayReadList({ graph, stage, backend, backendRole }: Chain): boolean {
  const list = listOf({ graph, stage });
  const { partition, id } = accountOf(backend);
  const arn = `arn:${partition}:ssm:${graph.region}:${id}:parameter${list?.list}`;
  const statements = toList(inputOf(backendRole, "inlinePolicies"))
    .flatMap((inline) => statementsOf(toObject(inline)["policy"]) ?? [])
    .filter(({ Action }) => toList(Action).some((action) => action === "ssm:GetParameters"));
  return list === undefined
    ? true
    : [arn, `${arn}/*`].every((needed) =>
        statements.some(
          ({ Effect, Resource: resources }) =>
            Effect === "Allow" && toList(resources).includes(needed),
        ),
      );
}

function logExpectations({ graph, backend }: Chain): readonly Expectation[] {
  const { logGroup } = toObject(inputOf(backend, "loggingConfig"));
  const [group, ...others] = resourcesOf(graph, awsTypes.logGroup).filter(
    (candidate) => attributeOf(candidate, "name") === logGroup,
  );
  const retention = group && inputOf(group, "retentionInDays");
  return [
    {
      rule: "backend-log-retention",
      holds: others.length === 0 && typeof retention === "number" && retention > 0,
      message:
        "does not log to a group of the stage with a retention; Lambda would keep its log for ever, and after the stage is gone: set logging.retention",
    },
  ];
}

function checkRole(chain: Chain): readonly Violation[] {
  const { graph, backend, backendRole } = chain;
  const managed = toList(inputOf(backendRole, "managedPolicyArns"));
  const { partition } = accountOf(backend);
  const inVpc = inputOf(backend, "vpcConfig") !== undefined;
  return unmet(backendRole, [
    {
      rule: "backend-role-assigned",
      holds: inputOf(backend, "role") === attributeOf(backendRole, "arn"),
      message:
        "is not the role that the backend runs as, so another one decides what it may do: let SST create the role of Api",
    },
    {
      rule: "backend-may-read-list",
      holds: mayReadList(chain),
      message:
        "may not read the list of ended sign-ins, which the stage leaves to the backend; every caller with a token would get 503: give it ssm:GetParameters on the list's parameter and on what is below it",
    },
    {
      rule: "backend-role-trust",
      // Live debugging runs the handler as this role elsewhere; `role-trust` looks at whom it may trust then.
      holds: graph.dev || isLambdaTrust(inputOf(backendRole, "assumeRolePolicy")),
      message:
        "is not trusted by lambda.amazonaws.com alone; SST's default trusts the whole account: set assumeRolePolicy in transform.role",
    },
    {
      rule: "backend-role-managed-policies",
      holds: sameSet(
        managed,
        [basicExecution, ...(inVpc ? [vpcAccess] : [])].map(
          (name) => `arn:${partition}:iam::aws:${name}`,
        ),
      ),
      message: `has not exactly the managed policy AWSLambdaBasicExecutionRole${inVpc ? ", and AWSLambdaVPCAccessExecutionRole for its VPC" : ""}; without it the backend's log is lost, with more it may do what nobody wrote down: give it what it needs by permissions`,
    },
  ]);
}

function isLambdaTrust(document: unknown): boolean {
  const statements = statementsOf(document)?.map(({ Sid: _sid, ...statement }) => statement);
  return sameJson(statements, [
    {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: "lambda.amazonaws.com" },
    },
  ]);
}
