import { CommandError, type CommandContext } from "../../command.ts";

/** The SDK takes endpoints and credentials from these by itself. */
const variables = {
  AWS_ENDPOINT_URL_SSM: "endpoints.ssm",
  AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: "endpoints.cognitoIdp",
  AWS_ACCESS_KEY_ID: "credentials.admin.accessKeyId",
  AWS_SECRET_ACCESS_KEY: "credentials.admin.secretAccessKey",
  AWS_SESSION_TOKEN: "credentials.admin.sessionToken",
} as const;

const endpoints = ["AWS_ENDPOINT_URL_SSM", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"] as const;

/**
 * Makes sure that a command without a stage speaks to a stack on this machine, and to nothing else: without these
 * variables the SDK would ask AWS.
 *
 * @throws {CommandError} with the lines to paste, or naming the address that is not this machine's.
 */
export function requireStackHere(env: CommandContext["env"]): void {
  const missing = Object.entries(variables).filter(([name]) => !env[name]);
  if (missing.length > 0) {
    const lines = missing.map(([name, member]) => `  export ${name}=<${member}>`);
    throw new CommandError(
      [
        "Without --stage this acts on the stack on this machine, and it needs to know where that is.",
        "Start it with `npx gatehouse start --json`, copy the values from the line that it prints, and try again:",
        "",
        ...lines,
      ].join("\n"),
    );
  }
  for (const name of endpoints) {
    if (!/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?\/?$/.test(env[name] ?? "")) {
      throw new CommandError(
        `Without --stage this acts on the stack on this machine, but ${name} is an address elsewhere. Name the stage with --stage, or correct the variable.`,
      );
    }
  }
}
