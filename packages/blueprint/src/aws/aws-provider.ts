/** What an app with SST 3 is told to take where it leaves the choice to Gatehouse. SST 3 brings 6.66.2. */
export const awsProviderVersion = "6.83.4";

/**
 * Why no refresh token rotates, as a clause: the AWS provider knows rotation, and the plans of user pools, from 6.81 on. An
 * older one leaves out what it does not know, and says nothing.
 *
 * @param version of the provider, such as `6.83.4`.
 * @returns undefined for one that knows rotation.
 */
export function rotationUnknownTo(version: string): string | undefined {
  return isFrom(version, 6, 81)
    ? undefined
    : `the AWS provider ${version} is older than 6.81 (version in app() of sst.config.ts)`;
}

/** Whether the AWS provider tells Cognito which sign-in pages a domain has. An older one leaves that out; Cognito chooses. */
export function knowsSignInPages(version: string): boolean {
  return isFrom(version, 6, 80);
}

function isFrom(version: string, major: number, minor: number): boolean {
  const [ofMajor = 0, ofMinor = 0] = version.split(".").map(Number);
  return ofMajor > major || (ofMajor === major && ofMinor >= minor);
}
