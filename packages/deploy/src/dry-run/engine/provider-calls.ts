import { account, madeUpOutputs } from "./made-up-outputs.ts";
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
 * @throws {Error} that names the function, when the stand-in has no answer.
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
    case functionUrlToken:
      return answerFunctionUrl(inputs, region);
    default:
      throw new Error(
        `The stand-in for AWS has no answer to the provider call ${token}. Add one to provider-calls.ts.`,
      );
  }
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
