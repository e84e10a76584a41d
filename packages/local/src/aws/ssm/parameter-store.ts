import { AwsError } from "../json-api/json-service.ts";
import type { Clock } from "../clock.ts";
import { parameterKey } from "./parameter-name.ts";
import { createSecureStrings } from "./secure-string.ts";

export type ParameterType = "String" | "StringList" | "SecureString";

/** One version of a parameter. `value` of a SecureString is its ciphertext. */
export interface ParameterVersion {
  readonly name: string;
  readonly type: ParameterType;
  readonly value: string;
  readonly version: number;
  readonly modifiedAtMs: number;
}

export interface ParameterStore {
  /** @throws {AwsError} when the parameter exists and `overwrite` is false, or when its type would change. */
  put(
    name: string,
    value: string,
    type: ParameterType | undefined,
    overwrite: boolean,
  ): ParameterVersion;
  /** The newest version, or the one that is asked for. */
  find(name: string, version?: number): ParameterVersion | undefined;
  /** Newest versions, by name in code unit order. */
  list(): readonly ParameterVersion[];
  remove(name: string): boolean;
  readonly decrypt: (ciphertext: string) => string;
}

/** Of a standard parameter. */
const maxValueBytes = 4096;
/** Older versions are dropped, as AWS does for versions without a label. */
const maxVersions = 100;

export function createParameterStore(clock: Clock): ParameterStore {
  const versionsByName = new Map<string, ParameterVersion[]>();
  const secureStrings = createSecureStrings();
  const versionsOf = (name: string) => versionsByName.get(parameterKey(name)) ?? [];
  const newest = (versions: readonly ParameterVersion[]) => versions[versions.length - 1];

  return {
    decrypt: secureStrings.decrypt,
    put(name, value, type, overwrite) {
      const versions = versionsOf(name);
      const current = newest(versions);
      if (current && !overwrite) {
        throw new AwsError(
          "ParameterAlreadyExists",
          "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
        );
      }
      const effectiveType = type ?? current?.type;
      if (!effectiveType) {
        throw new AwsError(
          "ValidationException",
          "A parameter type is required when you create a parameter.",
        );
      }
      if (current && current.type !== effectiveType) {
        throw new AwsError(
          "HierarchyTypeMismatchException",
          "The type of a parameter cannot be changed.",
        );
      }
      requireStorableValue(value);
      const version: ParameterVersion = {
        name,
        type: effectiveType,
        value: effectiveType === "SecureString" ? secureStrings.encrypt(value) : value,
        version: (current?.version ?? 0) + 1,
        modifiedAtMs: clock.now(),
      };
      versionsByName.set(parameterKey(name), [...versions, version].slice(-maxVersions));
      return version;
    },
    find(name, version) {
      const versions = versionsOf(name);
      return version === undefined
        ? newest(versions)
        : versions.find((each) => each.version === version);
    },
    list: () =>
      [...versionsByName.values()]
        .flatMap((versions) => newest(versions) ?? [])
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    remove: (name) => versionsByName.delete(parameterKey(name)),
  };
}

function requireStorableValue(value: string): void {
  if (Buffer.byteLength(value) > maxValueBytes) {
    throw new AwsError(
      "ValidationException",
      `Standard tier parameters support a maximum parameter value of ${maxValueBytes} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html`,
    );
  }
  // Parameter Store reads `{{…}}` as a reference to another parameter, which a value may not hold.
  if (value.includes("{{")) {
    throw new AwsError(
      "ValidationException",
      "A parameter value cannot hold a {{reference}} to another parameter.",
    );
  }
}
