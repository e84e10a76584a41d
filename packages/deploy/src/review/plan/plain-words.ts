/** What an IAM action lets somebody do, for those that Gatehouse or SST grant. */
const words: readonly [pattern: RegExp, meaning: string][] = [
  [/^\*$/, "do anything at all"],
  [/^lambda:InvokeFunctionUrl$/i, "call the Function URL"],
  [/^lambda:InvokeFunction$/i, "invoke the function"],
  [/^ssm:GetParameter/i, "read parameters"],
  [/^logs:(Create|Put)/i, "write logs"],
];

/** A few words for a list of actions, each thing said once. */
export function inPlainWords(actions: readonly string[]): string {
  const meanings = actions.map(
    (action) => words.find(([pattern]) => pattern.test(action))?.[1] ?? fallback(action),
  );
  return [...new Set(meanings)].join(", ");
}

function fallback(action: string): string {
  const [service, operation] = action.split(":");
  return operation === "*" ? `do anything with ${service}` : action;
}
