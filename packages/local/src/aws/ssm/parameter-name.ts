import { AwsError } from "../json-api/json-service.ts";

const maxNameLength = 2048;
/** What is left of AWS's 2048 once the ARN before the name is taken off. */
const maxPutNameLength = 1011;
const maxHierarchyLevels = 15;

/** A name as a reader gives it: plain or as an ARN, with an optional `:selector`. */
export interface ParameterReference {
  readonly name: string;
  /** `:3` or `:label`, with its colon. */
  readonly selector: string | undefined;
}

/** `/a/b` is `…:parameter/a/b` and `a` is `…:parameter/a`: one slash in both. */
export function parameterArn(region: string, accountId: string, name: string): string {
  return `arn:aws:ssm:${region}:${accountId}:parameter${name.startsWith("/") ? "" : "/"}${name}`;
}

/** `x` and `/x` are one parameter. */
export function parameterKey(name: string): string {
  return /^\/[^/]*$/.test(name) ? name.slice(1) : name;
}

/**
 * Reads the name of a parameter to get or delete. Outer spaces are trimmed, as AWS does.
 *
 * @param ownArnPrefix `arn:aws:ssm:<region>:<account>:parameter`
 * @throws {AwsError} ValidationException for anything that cannot be a name here.
 */
export function parseParameterReference(text: string, ownArnPrefix: string): ParameterReference {
  const trimmed = text.trim();
  if (trimmed.length < 1 || trimmed.length > maxNameLength) throw invalidName();
  let rest = trimmed;
  if (trimmed.startsWith("arn:")) {
    if (!trimmed.startsWith(`${ownArnPrefix}/`)) throw invalidName();
    const path = trimmed.slice(ownArnPrefix.length);
    // An ARN cannot tell `/a` from `a`; only a name with a second slash must have begun with one.
    rest = path.indexOf("/", 1) > 0 ? path : path.slice(1);
  }
  const [, name, selector] = /^([\w./-]+)(:[\w.-]+)?$/.exec(rest) ?? [];
  // A hierarchy begins with a slash, and no level of it is empty.
  if (name === undefined || !/^(\/?[^/]+|(\/[^/]+)+)$/.test(name)) throw invalidName();
  return { name, selector };
}

/** @throws {AwsError} when AWS would not create a parameter of this name. */
export function requireCreatableName(text: string): string {
  const name = text.trim();
  const segments = name.replace(/^\//, "").split("/");
  if (
    !/^[\w./-]+$/.test(name) ||
    segments.some((segment) => segment === "") ||
    name.length > maxPutNameLength
  ) {
    throw invalidName();
  }
  if (name.includes("/") && !name.startsWith("/")) {
    throw new AwsError("ValidationException", "Parameter name must be a fully qualified name.");
  }
  if (segments.length > maxHierarchyLevels) {
    throw new AwsError(
      "HierarchyLevelLimitExceededException",
      `A hierarchy can have a maximum of ${maxHierarchyLevels} levels.`,
    );
  }
  if (/^aws/i.test(segments[0] ?? "")) {
    throw new AwsError("AccessDeniedException", `No access to reserved parameter name: ${name}.`);
  }
  if (/^ssm/i.test(segments[0] ?? "")) throw invalidName();
  return name;
}

function invalidName(): AwsError {
  return new AwsError(
    "ValidationException",
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
  );
}
