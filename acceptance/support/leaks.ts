import { existsSync, readFileSync } from "node:fs";

import type { Stack } from "@sst-gatehouse/local/stack";
import { type ProcessSeen, treeOf, watchProcesses } from "@sst-gatehouse/testkit/processes";

import { sample } from "../sample/sample.ts";
import { callApi } from "./client.ts";
import type { Target } from "./target.ts";

/** Something that only its owner and the stack may know. */
export interface Secret {
  readonly what: string;
  readonly value: string;
}

/** A shorter part of a secret is useless, and may occur in a text by chance. */
const partLength = 16;

/** Every secret that the outputs of a chain have. */
export function secretsOf({
  tokens,
  credentials,
  users,
  clients,
  consoleUrl,
}: Target): readonly Secret[] {
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
    { what: "the console's secret", value: new URL(consoleUrl).hash.slice(1) },
  ];
}

/** All secrets of a stack that runs in this process, those of the guard among them. */
export async function secretsOfStack(stack: Stack): Promise<readonly Secret[]> {
  return [
    ...secretsOf(stack.outputs),
    ...(await guardSecrets(stack.outputs, stack.sealing().keys)),
  ];
}

/** All secrets of a stack that runs as a process, those of the guard among them. @param pid of the stack. */
export async function secretsOfCommand(target: Target, pid: number): Promise<readonly Secret[]> {
  return [...secretsOf(target), ...(await guardSecrets(target, sealingKeysOf(pid)))];
}

/** What no output has: the secret of the guard's own client, as an administrator reads it, and the keys of sessions. */
async function guardSecrets(
  target: Target,
  sealingKeys: readonly string[],
): Promise<readonly Secret[]> {
  const input = {
    Name: `/gatehouse/${sample.gate.app.name}/local/web-client-secret`,
    WithDecryption: true,
  };
  const answer = await callApi(target, "AmazonSSM.GetParameter", input);
  const { Value: value } = answer.json<{ Parameter: { Value: string } }>().Parameter;
  return [
    { what: "the secret of the guard's client", value },
    ...sealingKeys.map((key) => ({ what: "a key that sessions are sealed with", value: key })),
  ];
}

/** They lie beside the guard's code, where the guard's process runs. There is no such look elsewhere than on Linux. */
function sealingKeysOf(pid: number): readonly string[] {
  if (process.platform !== "linux") return [];
  return treeOf(pid, "/proc")
    .map((each) => `/proc/${each}/cwd/sealing.json`)
    .filter((file) => existsSync(file))
    .flatMap((file): string[] => JSON.parse(readFileSync(file, "utf8")).sealing.keys);
}

/** What nobody has listed, because it was made during a run. */
const unlisted: readonly (readonly [what: string, form: RegExp])[] = [
  ["a token", /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}|eyJ[\w-]{10,}(\.[\w-]{10,}){4}/],
  [
    "a signature or session token",
    /Signature=[0-9a-f]{16,}|x-amz-security-token["':= ]+(?!sha256:)[\w+/]{40,}/i,
  ],
  // Of a user that the suite, `doctor` or `prove` makes.
  ["a user's password", /Acc-7[\w-]{10,}/],
];

/**
 * Looks for any 16 characters in a row of any secret, as it is and as Basic authentication encodes it, and for tokens,
 * signatures and passwords that were made meanwhile.
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
    for (const [what, form] of unlisted) if (form.test(text)) found.add(what);
    return [...found];
  };
}

/**
 * Watches the processes that this one starts. The credentials of who is to act are handed over in the environment, as AWS
 * does; no other secret is, and none stands in a command.
 *
 * @returns ends it, and tells which secrets any of them has shown.
 */
export function watchForLeaks(leaksIn: (text: string) => readonly string[]): () => {
  /** How many different processes were seen. */
  readonly processes: number;
  readonly leaks: readonly string[];
} {
  const stop = watchProcesses(process.pid);
  return () => {
    const processes = stop();
    return { processes: processes.length, leaks: processes.flatMap((seen) => leaksOf(seen)) };
  };

  function leaksOf({ command, environment }: ProcessSeen): readonly string[] {
    const program = command.slice(0, 80);
    const isHandedOver = (variable: string) =>
      /^AWS_(?:SECRET_ACCESS_KEY|SESSION_TOKEN)=/.test(variable);
    const credentials = environment
      .filter(isHandedOver)
      .map((variable) => variable.slice(variable.indexOf("=") + 1));
    const foundIn = (text: string): readonly string[] => [
      ...leaksIn(text),
      ...(credentials.some((value) => text.includes(value)) ? ["its own credentials"] : []),
    ];
    return [
      ...foundIn(command).map((what) => `${what} in the command ${program}`),
      ...environment
        .filter((variable) => !isHandedOver(variable))
        .flatMap((variable) =>
          foundIn(variable).map((what) => `${what} in ${variable.split("=", 1)[0]} of ${program}`),
        ),
    ];
  }
}

/** The header of a token is the same for all tokens of one key, and public. */
function withoutTokenHeader(value: string): string {
  return value.startsWith("eyJ") ? value.slice(value.indexOf(".") + 1) : value;
}
