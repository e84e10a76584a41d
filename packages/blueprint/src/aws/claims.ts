import { writeAttributes } from "./app-clients.ts";

/** As much of the access rules as the user pool has to know of claims. */
export interface DeclaredClaims {
  /** What backends are told of a person. */
  readonly claims?: readonly string[];
  /** Those that people may write about themselves. */
  readonly selfAsserted?: readonly string[];
}

/**
 * Attributes that every user pool has and a person may be allowed to write.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html
 */
const standardAttributes = [
  "address",
  "birthdate",
  "email",
  "family_name",
  "gender",
  "given_name",
  "locale",
  "middle_name",
  "name",
  "nickname",
  "phone_number",
  "picture",
  "preferred_username",
  "profile",
  "updated_at",
  "website",
  "zoneinfo",
];
const verifiedByCognito = ["email_verified", "phone_number_verified"];

function isCustom(claim: string): boolean {
  return claim.startsWith("custom:");
}

/**
 * What a client for people may read, and therefore has in its ID tokens; undefined for Cognito's default, every standard
 * attribute, which has no custom ones.
 */
export function readAttributes({ claims = [] }: DeclaredClaims): readonly string[] | undefined {
  const custom = claims.filter(isCustom);
  return custom.length === 0 ? undefined : [...standardAttributes, ...verifiedByCognito, ...custom];
}

/**
 * Refuses claims that people may write about themselves, unless they are marked: an app would take them for proof.
 *
 * @param stage with the id of a user pool where it has one that the gate did not make: nobody knows there which app clients
 *   may write what.
 * @param mapped what identity providers fill in. The app clients may write it, so whoever signs up may, too.
 * @throws {TypeError} that says what to write.
 */
export function checkClaims(
  { claims = [], selfAsserted = [] }: DeclaredClaims,
  stage: { readonly selfSignUp: boolean; readonly userPoolId?: string | undefined },
  mapped: readonly string[] = [],
): void {
  const writable =
    stage.userPoolId === undefined
      ? [...writeAttributes(stage), ...(stage.selfSignUp ? mapped : [])]
      : claims.filter((claim) => isCustom(claim) || standardAttributes.includes(claim));
  const unmarked = claims.filter(
    (claim) => writable.includes(claim) && !selfAsserted.includes(claim),
  );
  if (unmarked.length === 0) return;
  const list = JSON.stringify([...selfAsserted, ...unmarked]);
  const why =
    stage.userPoolId === undefined
      ? "people of this stage may write them about themselves"
      : "the gate did not make this user pool, so people may be able to write them about themselves by another app client";
  throw new TypeError(
    `access.ts: the claims ${unmarked.join(", ")} prove nothing: ${why}. If your code does not rely on them, write selfAsserted: ${list}; otherwise take them away`,
  );
}
