import { type Answer, type Asked, type Call, json, pageOf, Refused } from "./answer.ts";
import type { AccountState, Json } from "./state.ts";

type Operations = Readonly<Record<string, (input: Json, region: string) => object>>;

/** Cognito, Parameter Store and CloudWatch Logs: JSON 1.1, the operation in a header. */
export function jsonCall(state: AccountState, { headers, body, region }: Asked): Call | undefined {
  const [prefix = "", operation = ""] = String(headers["x-amz-target"]).split(".");
  const services: Readonly<Record<string, readonly [service: string, Operations]>> = {
    AWSCognitoIdentityProviderService: ["cognito-idp", cognito(state)],
    AmazonSSM: ["ssm", parameterStore(state)],
    Logs_20140328: ["logs", logs(state)],
  };
  const [service = "", operations = {}] = services[prefix] ?? [];
  const run = operations[operation];
  return (
    run && {
      action: `${service}:${operation}`,
      run: (): Answer => json(run(JSON.parse(body || "{}"), region), "application/x-amz-json-1.1"),
    }
  );
}

function cognito(state: AccountState): Operations {
  const pool = ({ UserPoolId }: Json) => {
    const found = state.userPools.find(({ UserPool }) => UserPool["Id"] === UserPoolId);
    if (found === undefined)
      throw new Refused(
        "ResourceNotFoundException",
        400,
        `User pool ${UserPoolId} does not exist.`,
      );
    return found;
  };
  const policies = (input: Json): Json[] => {
    const { cimdPolicies } = pool(input);
    if (cimdPolicies === undefined) throw new Refused("UnknownOperationException", 400, "");
    return cimdPolicies;
  };
  return {
    ListCIMDPolicies: (input) => {
      const { page, next } = pageOf(policies(input), input["NextToken"]);
      return {
        CIMDPolicies: page.map(({ CIMDPolicyId, PolicyName }) => ({ CIMDPolicyId, PolicyName })),
        ...(next === undefined ? {} : { NextToken: next }),
      };
    },
    DescribeCIMDPolicy: (input) => {
      const found = policies(input).find((each) => each["CIMDPolicyId"] === input["CIMDPolicyId"]);
      if (found === undefined) throw new Refused("ResourceNotFoundException", 400, "");
      return { CIMDPolicy: found };
    },
    DescribeUserPool: (input) => ({ UserPool: pool(input).UserPool }),
    DescribeUserPoolClient: (input) => {
      const found = pool(input).clients.find(({ ClientId }) => ClientId === input["ClientId"]);
      if (found === undefined)
        throw new Refused(
          "ResourceNotFoundException",
          400,
          `User pool client ${input["ClientId"]} does not exist.`,
        );
      return { UserPoolClient: found };
    },
    ListUserPoolClients: (input) => {
      const { page, next } = pageOf(pool(input).clients, input["NextToken"]);
      return {
        UserPoolClients: page.map(({ ClientId, ClientName, UserPoolId }) => ({
          ClientId,
          ClientName,
          UserPoolId,
        })),
        ...(next === undefined ? {} : { NextToken: next }),
      };
    },
  };
}

function parameterStore({ parameters, id }: AccountState): Operations {
  const shown = (name: string, region: string, version?: number) => {
    const versions = parameters.get(name) ?? [];
    const Version = version ?? versions.length;
    const found = versions[Version - 1];
    return (
      found && {
        Name: name,
        ...found,
        Version,
        DataType: "text",
        ARN: `arn:aws:ssm:${region}:${id}:parameter${name}`,
      }
    );
  };
  return {
    GetParameter: ({ Name }, region) => {
      const found = shown(Name, region);
      if (found === undefined) throw new Refused("ParameterNotFound", 400, "");
      return { Parameter: found };
    },
    GetParameters: ({ Names }, region) => {
      const names: string[] = Names;
      return {
        Parameters: names.flatMap((name) => shown(name, region) ?? []),
        InvalidParameters: names.filter((name) => shown(name, region) === undefined),
      };
    },
    GetParameterHistory: ({ Name, NextToken }, region) => {
      const versions = parameters.get(Name);
      if (versions === undefined) throw new Refused("ParameterNotFound", 400, "");
      const { page, next } = pageOf(
        versions.map((_version, index) => shown(Name, region, index + 1)),
        NextToken,
      );
      return { Parameters: page, ...(next === undefined ? {} : { NextToken: next }) };
    },
  };
}

function logs({ logGroups }: AccountState): Operations {
  return {
    DescribeLogGroups: ({ logGroupNamePrefix = "", nextToken }, region) => {
      const { page, next } = pageOf(
        logGroups.filter(
          (group) => group.region === region && group.logGroupName.startsWith(logGroupNamePrefix),
        ),
        nextToken,
      );
      return {
        logGroups: page.map(({ logGroupName, retentionInDays }) => ({
          logGroupName,
          retentionInDays,
        })),
        ...(next === undefined ? {} : { nextToken: next }),
      };
    },
    FilterLogEvents: ({ logGroupName, startTime, filterPattern, nextToken }, region) => {
      const group = logGroups.find(
        (each) => each.region === region && each.logGroupName === logGroupName,
      );
      if (group === undefined)
        throw new Refused(
          "ResourceNotFoundException",
          400,
          "The specified log group does not exist.",
        );
      // CloudWatch also answers pages without any event.
      const matches = filterOf(filterPattern);
      const found = group.events.filter(
        ({ timestamp, message }) => timestamp >= startTime && matches(message),
      );
      if (nextToken === undefined) return { events: [], searchedLogStreams: [], nextToken: "0" };
      const { page, next } = pageOf(found, nextToken);
      return {
        events: page,
        searchedLogStreams: [],
        ...(next === undefined ? {} : { nextToken: next }),
      };
    },
  };
}

/**
 * The filter patterns of CloudWatch Logs that are used here: `?"a" ?"b"`, lines with either; `"a"`, lines with that; and
 * of JSON lines `{ $.a = "b" && ($.c = "d" || $.e = "f") }`.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
function filterOf(text: string | undefined): (message: string) => boolean {
  if (text === undefined) return () => true;

  const invalid = () =>
    new Refused("InvalidParameterException", 400, `Invalid filter pattern: ${text}`);
  if (!text.startsWith("{")) {
    const words = [...text.matchAll(/\??"([^"]+)"/g)].map(([, word = ""]) => word);
    if (words.length === 0 || (words.length > 1 && !text.startsWith("?"))) throw invalid();
    return (message) => words.some((word) => message.includes(word));
  }
  const form = /^\{ (.+?) \}$/.exec(text)?.[1] ?? "";
  const alternatives = (part: string) =>
    [...part.matchAll(/\$\.(\w+) = "([^"]*)"/g)].map(([, name = "", value = ""]) => ({
      name,
      value,
    }));
  const parts = form.split(" && ").map(alternatives);
  if (parts.some((part) => part.length === 0)) throw invalid();
  return (message) => {
    const line = parsed(message);
    return parts.every((part) => part.some(({ name, value }) => line[name] === value));
  };
}

function parsed(message: string): Json {
  try {
    return Object(JSON.parse(message));
  } catch {
    return {};
  }
}
