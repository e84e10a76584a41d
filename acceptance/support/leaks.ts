import type { Target } from "./target.ts";

/** Something that only its owner and the stack may know. */
export interface Secret {
  readonly what: string;
  readonly value: string;
}

/** A shorter part of a secret is useless, and may occur in a text by chance. */
const partLength = 16;

/** Every secret of the running chain. @param webSecret of the guard's own client, which no output has; absent where nobody has read it. */
export function secretsOf(
  { tokens, credentials, users, clients }: Target,
  webSecret?: string,
): readonly Secret[] {
  return [
    ...Object.entries(tokens).map(([use, value]) => ({ what: `the ${use} token`, value })),
    ...Object.entries(credentials).flatMap(([who, { secretAccessKey, sessionToken }]) => [
      { what: `the secret key of ${who}`, value: secretAccessKey },
      { what: `the session token of ${who}`, value: sessionToken },
    ]),
    ...users.map(({ username, password }) => ({
      what: `the password of ${username}`,
      value: password,
    })),
    { what: "the secret of the machine's client", value: clients.machine.secret },
    ...(webSecret === undefined
      ? []
      : [{ what: "the secret of the guard's client", value: webSecret }]),
  ];
}

/**
 * Looks for any 16 characters in a row of any secret, as it is and as Basic authentication encodes it.
 *
 * @returns which secrets a text holds; it never repeats them.
 */
export function createLeakFinder(secrets: readonly Secret[]): (text: string) => readonly string[] {
  const parts = new Map<string, string>();
  for (const { what, value } of secrets) {
    for (const form of [withoutTokenHeader(value), Buffer.from(value).toString("base64")]) {
      for (let start = 0; start + partLength <= form.length; start += 1)
        parts.set(form.slice(start, start + partLength), what);
    }
  }
  return (text) => {
    const found = new Set<string>();
    for (let start = 0; start + partLength <= text.length; start += 1) {
      const what = parts.get(text.slice(start, start + partLength));
      if (what !== undefined) found.add(what);
    }
    return [...found];
  };
}

/** The header of a token is the same for all tokens of one key, and public. */
function withoutTokenHeader(value: string): string {
  return value.startsWith("eyJ") ? value.slice(value.indexOf(".") + 1) : value;
}
