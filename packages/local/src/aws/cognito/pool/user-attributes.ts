import { AwsError } from "../../json-api/json-service.ts";

const standardAttributes = new Set([
  "address",
  "birthdate",
  "email",
  "email_verified",
  "family_name",
  "gender",
  "given_name",
  "locale",
  "middle_name",
  "name",
  "nickname",
  "phone_number",
  "phone_number_verified",
  "picture",
  "preferred_username",
  "profile",
  "website",
  "zoneinfo",
]);

/**
 * Refuses attributes that the pool lacks, and values that they cannot have.
 *
 * @returns the attributes as they are kept: `true` and `false` in lower case.
 * @throws {AwsError} InvalidParameterException
 */
export function requireKnownAttributes(
  attributes: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  for (const [name, value] of attributes) {
    if (!standardAttributes.has(name)) {
      throw new AwsError(
        "InvalidParameterException",
        `Attributes did not conform to the schema: Type for attribute {${name}} could not be determined`,
      );
    }
    if (name === "email" && !/^[^\s@]+@[^\s@]+$/.test(value)) {
      throw new AwsError("InvalidParameterException", "Invalid email address format.");
    }
    // In any case, as AWS takes it: Python writes "True".
    if (name.endsWith("_verified") && !/^(true|false)$/i.test(value)) {
      throw new AwsError("InvalidParameterException", `${name} must be true or false.`);
    }
  }
  return new Map(
    [...attributes].map(([name, value]) => [
      name,
      name.endsWith("_verified") ? value.toLowerCase() : value,
    ]),
  );
}
