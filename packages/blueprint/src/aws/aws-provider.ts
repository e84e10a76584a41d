/** The first version of the AWS provider that knows refresh-token rotation. It is newer than the one SST 3 brings. */
export const awsProviderVersion = "6.83.4";
