/**
 * What differs from one AWS account to the next, by name: `start --account <name>,<name>`.
 *
 * - `hangs-on-empty`: a streamed answer without a body stays open until the function's timeout.
 * - `updated-issuer`: tokens bear the issuer of a pool whose `IssuerConfiguration.Type` is `UPDATED`.
 * - `moving-auth-time`: a refreshed token has the time of the refresh as its `auth_time`.
 * - `lite-pool`: a user pool on Cognito's plan Lite, where refresh tokens do not rotate.
 */
export const accountForms = [
  "hangs-on-empty",
  "updated-issuer",
  "moving-auth-time",
  "lite-pool",
] as const;

export type AccountForm = (typeof accountForms)[number];

/**
 * @param names separated by commas.
 * @throws {TypeError} for a name that is unknown or said twice.
 */
export function parseAccountForms(names: string): AccountForm[] {
  const forms = names.split(",").map((name) => {
    const form = accountForms.find((known) => known === name);
    if (form === undefined)
      throw new TypeError(
        `--account takes ${accountForms.join(", ")}, separated by commas, not "${name}"`,
      );
    return form;
  });
  if (new Set(forms).size !== forms.length)
    throw new TypeError(`--account names one form twice: ${names}`);
  return forms;
}
