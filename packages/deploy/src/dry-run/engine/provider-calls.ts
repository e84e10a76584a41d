import { createHash } from "node:crypto";

import { account, madeUpOutputs, text } from "./made-up-outputs.ts";
import { policyDocument, type StatementArguments } from "./policy-document.ts";

export interface ProviderCall {
  /** Pulumi's name of the function, such as `aws:index/getRegion:getRegion`. */
  readonly token: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Of the provider that is asked. */
  readonly region: string;
}

const functionUrlToken = "aws:lambda/getFunctionUrl:getFunctionUrl";

/** Whether a call asks about something that others deploy. */
export function isLookup(token: string): boolean {
  return token === functionUrlToken;
}

/**
 * What the AWS provider's functions answer.
 *
 * @param parameters Parameter Store of the home region, as an earlier deploy left it: full names and values.
 * @throws {Error} for what AWS would refuse.
 */
export function answerProviderCall(
  { token, inputs, region }: ProviderCall,
  parameters: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  switch (token) {
    case "aws:index/getPartition:getPartition":
      return {
        id: "aws",
        partition: "aws",
        dnsSuffix: "amazonaws.com",
        reverseDnsPrefix: "com.amazonaws",
      };
    case "aws:index/getRegion:getRegion": // `name` in version 6 of the provider, `region` since 7
      return { id: region, name: region, region, description: region, endpoint: "" };
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return {
        id: account,
        accountId: account,
        arn: `arn:aws:iam::${account}:role/deploy`,
        userId: "AROADEPLOY:evaluation",
      };
    case "aws:iam/getPolicyDocument:getPolicyDocument":
      return answerPolicyDocument(inputs);
    case "aws:ssm/getParametersByPath:getParametersByPath":
      return answerParametersByPath(inputs, region, parameters);
    case "aws:ssm/getParameter:getParameter":
      return answerParameter(inputs, region, parameters);
    case functionUrlToken:
      return answerFunctionUrl(inputs, region);
    default:
      return { ...madeUpAnswer(token, inputs, region), ...inputs };
  }
}

/**
 * Of what a config looks up in the account and a gate does not care about, such as a hosted zone or the subnets of a VPC:
 * an id, an ARN and lists of one, made up from what is asked, and what SST's own components read besides.
 */
function madeUpAnswer(
  token: string,
  inputs: Readonly<Record<string, unknown>>,
  region: string,
): Readonly<Record<string, unknown>> {
  const kind = token.replace(/^(.*):get(\w+)$/, "$1:$2");
  const name = JSON.stringify(inputs);
  const stack = `others in ${region}`;
  const { arn: made } = madeUpOutputs({ type: kind, name, inputs: {}, region, stack });
  const digits = createHash("sha256").update(`${token}|${name}`).digest("hex");
  const id = `${kind.split(":").at(-1)?.toLowerCase()}-${digits.slice(0, 17)}`;
  const arn = typeof made === "string" ? made.replace(/[^/]*$/, id) : undefined;
  const answer = { id, ids: [id], names: [id], ...(arn === undefined ? {} : { arn, arns: [arn] }) };
  const zones = ["a", "b", "c"].map((zone) => region + zone);
  switch (token) {
    case "aws:index/getAvailabilityZones:getAvailabilityZones":
      return { id: region, names: zones, zoneIds: zones.map((_, index) => `${region}-az${index}`) };
    case "aws:index/getArn:getArn": {
      const [, partition, service, ofRegion = "", ofAccount = "", ...resource] = text(
        inputs["arn"],
      ).split(":");
      return {
        partition,
        service,
        region: ofRegion,
        account: ofAccount,
        resource: resource.join(":"),
      };
    }
    case "aws:ec2/getInternetGateway:getInternetGateway":
      return { ...answer, internetGatewayId: id };
    case "aws:ec2/getRouteTable:getRouteTable":
      return { ...answer, routeTableId: id };
    case "aws:ecr/getAuthorizationToken:getAuthorizationToken":
      return {
        id: region,
        userName: "AWS",
        password: digits,
        proxyEndpoint: `https://${account}.dkr.ecr.${region}.amazonaws.com`,
      };
    case "aws:iot/getEndpoint:getEndpoint":
      return { id, endpointAddress: `a${digits.slice(0, 13)}-ats.iot.${region}.amazonaws.com` };
    case "aws:rds/getInstances:getInstances":
      return { ...answer, instanceIdentifiers: [id], instanceArns: [arn] };
    case "aws:route53/getZone:getZone":
      return {
        ...answer,
        zoneId: `Z${digits.slice(0, 13).toUpperCase()}`,
        nameServers: [],
        linkedServiceDescription: `arn:aws:servicediscovery:${region}:${account}:namespace/ns-made`,
      };
    // As SST and RDS keep it; an app's own may be anything.
    case "aws:secretsmanager/getSecretVersion:getSecretVersion":
      return {
        ...answer,
        secretString: JSON.stringify({
          username: "made-up",
          password: "made-up",
          authToken: "made-up",
        }),
      };
    default:
      return answer;
  }
}

/** The one that an earlier deploy left, or a made-up value: others have written it. */
function answerParameter(
  inputs: { readonly name?: string },
  region: string,
  parameters: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const name = inputs.name ?? "";
  const value = parameters[name] ?? "made-up";
  const path = name.startsWith("/") ? name : `/${name}`;
  const arn = `arn:aws:ssm:${region}:${account}:parameter${path}`;
  return { id: name, name, arn, type: "String", value, insecureValue: value, version: 1 };
}

function answerPolicyDocument(inputs: {
  readonly statements?: readonly StatementArguments[];
  readonly version?: string;
}): Readonly<Record<string, unknown>> {
  const { statements = [], version } = inputs;
  const document = policyDocument(statements, version);
  return {
    id: "policy",
    json: JSON.stringify(document, null, 2),
    minifiedJson: JSON.stringify(document),
    // SST makes an inline policy of it only when it comes back.
    statements: statements.length === 0 ? undefined : statements,
  };
}

/** Of any function that is asked for: made up from its name, and locked as a Function URL should be. */
function answerFunctionUrl(
  { functionName }: { readonly functionName?: string },
  region: string,
): Readonly<Record<string, unknown>> {
  if (functionName === undefined || !/^[\w-]{1,64}$/.test(functionName))
    throw new Error(
      `getFunctionUrl takes the name of a function here, not ${String(functionName)}: leave its ARN and version out`,
    );
  return {
    ...madeUpOutputs({
      type: "aws:lambda/functionUrl:FunctionUrl",
      name: functionName,
      inputs: { functionName },
      region,
      stack: `others in ${region}`,
    }),
    functionName,
    authorizationType: "AWS_IAM",
    cors: [],
    invokeMode: "BUFFERED",
    creationTime: "2026-01-01T00:00:00Z",
    lastModifiedTime: "2026-01-01T00:00:00Z",
  };
}

/** Arrays side by side, sorted by name; empty ones when there is nothing. */
function answerParametersByPath(
  { path, recursive }: { readonly path?: string; readonly recursive?: boolean },
  region: string,
  parameters: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  if (path === undefined || !path.startsWith("/"))
    throw new Error(`Parameter Store takes a path that begins with a slash, not ${String(path)}`);
  const below = path.endsWith("/") ? path : `${path}/`;
  const names = Object.keys(parameters)
    .filter((name) => name.startsWith(below))
    .filter((name) => recursive === true || !name.slice(below.length).includes("/"))
    .toSorted();
  return {
    id: path,
    path,
    recursive: recursive ?? false,
    names,
    values: names.map((name) => parameters[name]),
    arns: names.map((name) => `arn:aws:ssm:${region}:${account}:parameter${name}`),
    types: names.map(() => "String"),
  };
}
