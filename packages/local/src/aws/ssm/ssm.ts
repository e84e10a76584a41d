import { inputMembers } from "../json-api/input-members.ts";
import type { InputMembers } from "../json-api/input-members.ts";
import { AwsError } from "../json-api/json-service.ts";
import { createRequestBucket } from "../json-api/request-bucket.ts";
import type { JsonObject, JsonService, Operation } from "../json-api/json-service.ts";
import type { Clock } from "../clock.ts";
import { parameterArn, parseParameterReference, requireCreatableName } from "./parameter-name.ts";
import { createParameterStore } from "./parameter-store.ts";
import type { ParameterType, ParameterVersion } from "./parameter-store.ts";

export interface Ssm {
  readonly service: JsonService;
  /** Writes from inside the stack, overwriting: no signature, no throttle, same rules for name and value. */
  put(name: string, value: string, type?: "String" | "SecureString"): void;
}

/** An account's default for reads and writes together. */
const requestsPerSecond = 40;
const maxPerCall = 10;
const parameterTypes: readonly ParameterType[] = ["String", "StringList", "SecureString"];

/**
 * Parameter Store of one account and region: standard parameters with their versions.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html
 */
export function createSsm(options: { region: string; accountId: string; clock: Clock }): Ssm {
  const { region, accountId, clock } = options;
  const store = createParameterStore(clock);
  const takeRequest = createRequestBucket(requestsPerSecond, clock, "ThrottlingException");
  const arnOf = (name: string) => parameterArn(region, accountId, name);
  const referTo = (text: string) =>
    parseParameterReference(text, `arn:aws:ssm:${region}:${accountId}:parameter`);
  const nameIn = (input: JsonObject) => referTo(members(input).text("Name"));

  /** A parameter is called as it was asked for, with or without its slash; an ARN tells nothing of that. */
  const calledAs = (text: string) => {
    const { name, selector } = referTo(text);
    return { selector, ...(text.trim().startsWith("arn:") ? {} : { name }) };
  };
  /** What a reference points at now; `undefined` when there is no such parameter or version. */
  const findVersion = (text: string) => {
    const { name, selector } = referTo(text);
    if (selector === undefined) return store.find(name);
    // Labels are not supported, so a selector that is not a number names nothing.
    return /^:[1-9]\d*$/.test(selector) ? store.find(name, Number(selector.slice(1))) : undefined;
  };
  const toWire = (
    found: ParameterVersion,
    decrypt: boolean,
    { name = found.name, selector }: { name?: string; selector?: string | undefined } = {},
  ): JsonObject => ({
    ARN: arnOf(found.name),
    DataType: "text",
    LastModifiedDate: found.modifiedAtMs / 1000,
    Name: name,
    Selector: selector,
    Type: found.type,
    Value: found.type === "SecureString" && decrypt ? store.decrypt(found.value) : found.value,
    Version: found.version,
  });

  const operations: Record<string, Operation> = {
    GetParameter: {
      resources: (input) => [arnOf(nameIn(input).name)],
      run(input) {
        takeRequest();
        const { name, selector } = nameIn(input);
        const found = findVersion(members(input).text("Name"));
        if (!found && store.find(name)) {
          throw new AwsError(
            "ParameterVersionNotFound",
            `Systems Manager could not find version ${selector?.slice(1)} of ${name}. Verify the version and try again.`,
          );
        }
        if (!found) throw new AwsError("ParameterNotFound");
        const decrypt = members(input).flag("WithDecryption");
        return { Parameter: toWire(found, decrypt, calledAs(members(input).text("Name"))) };
      },
    },
    GetParameters: {
      resources: (input) => namesIn(input).map((text) => arnOf(referTo(text).name)),
      run(input) {
        takeRequest();
        const decrypt = members(input).flag("WithDecryption");
        const found: JsonObject[] = [];
        const unknown: string[] = [];
        for (const text of [...new Set(namesIn(input))].toSorted()) {
          const version = findVersion(text);
          if (version) found.push(toWire(version, decrypt, calledAs(text)));
          else unknown.push(text);
        }
        return { InvalidParameters: unknown, Parameters: found };
      },
    },
    GetParametersByPath: {
      resources: (input) => [arnOf(pathIn(input))],
      run(input) {
        takeRequest();
        const asked = members(input);
        asked.only("Path", "Recursive", "WithDecryption", "MaxResults", "NextToken");
        const below = pathIn(input).replace(/\/?$/, "/");
        const recursive = asked.flag("Recursive");
        const decrypt = asked.flag("WithDecryption");
        const max = asked.optionalWhole("MaxResults", { min: 1, max: maxPerCall }) ?? maxPerCall;
        const token = asked.optionalText("NextToken");
        const after = token === undefined ? "" : nameFromPageToken(token, below);
        const rest = store.list().filter(({ name }) => {
          const inside = name.startsWith(below) && (recursive || !name.includes("/", below.length));
          return inside && name > after;
        });
        const page = rest.slice(0, max);
        const last = page[page.length - 1];
        return {
          NextToken: last && rest.length > max ? pageToken(below, last.name) : undefined,
          Parameters: page.map((version) => toWire(version, decrypt)),
        };
      },
    },
    PutParameter: {
      resources: (input) => [arnOf(requireCreatableName(members(input).text("Name")))],
      run(input) {
        takeRequest();
        const asked = members(input);
        asked.only(
          "Name",
          "Value",
          "Type",
          "Overwrite",
          "Description",
          "Tier",
          "DataType",
          "KeyId",
        );
        const type = asked.optionalText("Type");
        const known = parameterTypes.find((each) => each === type);
        if (type !== undefined && !known) {
          throw new AwsError(
            "UnsupportedParameterType",
            `The parameter type ${type} is not supported.`,
          );
        }
        requireOneOf(asked.optionalText("Tier"), "Tier", ["Standard"]);
        requireOneOf(asked.optionalText("DataType"), "DataType", ["text"]);
        if ((asked.optionalText("KeyId") ?? defaultKeyId) !== defaultKeyId)
          throw new AwsError("InvalidKeyId");
        const name = requireCreatableName(asked.text("Name"));
        const { version } = store.put(name, asked.text("Value"), known, asked.flag("Overwrite"));
        return { Tier: "Standard", Version: version };
      },
    },
    DeleteParameter: {
      resources: (input) => [arnOf(nameIn(input).name)],
      run(input) {
        if (!store.remove(nameIn(input).name)) throw new AwsError("ParameterNotFound");
        return {};
      },
    },
    DeleteParameters: {
      resources: (input) => namesIn(input).map((text) => arnOf(referTo(text).name)),
      run(input) {
        const names = [...new Set(namesIn(input))];
        const deleted = names.filter((text) => store.remove(referTo(text).name));
        return {
          DeletedParameters: deleted,
          InvalidParameters: names.filter((text) => !deleted.includes(text)),
        };
      },
    },
  };

  return {
    service: { targetPrefix: "AmazonSSM", service: "ssm", operations },
    put(name, value, type = "String") {
      store.put(requireCreatableName(name), value, type, true);
    },
  };
}

/** The account's own key for SecureStrings; a customer key would need KMS. */
const defaultKeyId = "alias/aws/ssm";

function members(input: JsonObject): InputMembers {
  return inputMembers(input, "ValidationException");
}

function namesIn(input: JsonObject): readonly string[] {
  return members(input).texts("Names", maxPerCall);
}

function pathIn(input: JsonObject): string {
  const path = members(input).text("Path", { max: 2048 });
  if (!/^\/[\w./-]*$/.test(path)) {
    throw new AwsError(
      "ValidationException",
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/".',
    );
  }
  return path;
}

function requireOneOf(value: string | undefined, member: string, played: readonly string[]): void {
  if (value !== undefined && !played.includes(value)) {
    throw new AwsError(
      "ValidationException",
      `The local stack supports ${member} only as ${played.join(" or ")}.`,
    );
  }
}

function pageToken(below: string, lastName: string): string {
  return Buffer.from(JSON.stringify([below, lastName])).toString("base64url");
}

function nameFromPageToken(token: string, below: string): string {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(parsed) && parsed[0] === below && typeof parsed[1] === "string")
      return parsed[1];
  } catch {
    // Not one of ours: the same answer as for a token of another path.
  }
  throw new AwsError("InvalidNextToken", "The specified token is not valid.");
}
