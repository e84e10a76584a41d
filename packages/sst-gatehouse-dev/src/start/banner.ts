import type { StackOutputs } from "@sst-gatehouse/local/outputs";

/** What `start` prints when the stack is ready. */
export function banner(outputs: StackOutputs): string {
  const { appUrl, consoleUrl, loopbackUrl, signInUrl, functionUrl, endpoints, users, tokens } =
    outputs;
  const people = users.map(
    ({ username, password, groups }) =>
      `  ${username.padEnd(8)} ${password}${groups.length === 0 ? "" : `  (${groups.join(", ")})`}`,
  );
  return [
    "",
    "Gatehouse is running. Nothing here leaves this machine.",
    "",
    `App           ${appUrl}`,
    `              ${loopbackUrl}  (the same app, for every program)`,
    `Console       ${consoleUrl}  (each request, hop by hop)`,
    `Sign in       ${signInUrl}`,
    `Function URL  ${functionUrl}  (IAM only: try it without a signature)`,
    `AWS APIs      ${endpoints.ssm}  (Parameter Store, the user pool, /oauth2/token)`,
    "",
    "Users, with new passwords at every start",
    ...people,
    "",
    `Call it as ${users[0]?.username ?? "a user"}; the token is good for an hour`,
    `  curl ${loopbackUrl}/ -H 'Authorization: Bearer ${tokens.id}'`,
    "",
    "Each refusal is explained below. Ctrl-C stops everything.",
    "",
    "",
  ].join("\n");
}
