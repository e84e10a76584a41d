import type { Sign } from "@sst-gatehouse/core/signer";

import { exchange, readText } from "./bounded-https.ts";

const timeoutMs = 3000;
/** Ten parameters of 4096 characters, of which JSON may write each in six, and what is said about each. */
const maxBytes = 256 * 1024;

/** The Parameter Store of one region. */
export interface ParameterStore {
  /** The stage's home region, not the one the guard runs in. */
  readonly region: string;
  /** Signs for the service `ssm` of that region. */
  readonly sign: Sign;
}

/**
 * Reads up to ten parameters by one bare HTTPS call: the SDK costs more than everything else in a cold start.
 *
 * `GetParameters`, because the roles may call that one. Each read has a connection of its own: one that was kept
 * through a freeze would be dead.
 *
 * @param how.decrypt opens a SecureString; otherwise its ciphertext comes.
 * @returns each parameter's text, in the order of the names; `undefined` for one that is not there.
 * @throws {Error} (rejects) when SSM refuses (the error has the name that AWS gives), after three seconds, or over 256 KB.
 */
export async function readParameters(
  { region, sign }: ParameterStore,
  names: readonly string[],
  { decrypt = false }: { readonly decrypt?: boolean } = {},
): Promise<readonly (string | undefined)[]> {
  const host = `ssm.${region}.amazonaws.com`;
  const asked = { Names: names, ...(decrypt ? { WithDecryption: true } : {}) };
  const body = Buffer.from(JSON.stringify(asked));
  const { headers } = await sign({
    method: "POST",
    host,
    path: "/",
    query: "",
    headers: {
      host: [host],
      "content-type": ["application/x-amz-json-1.1"],
      "x-amz-target": ["AmazonSSM.GetParameters"],
    },
    body: { kind: "visible", bytes: body },
  });
  const lines = Object.entries(headers).map(([header, values]) => [header, values.join(",")]);
  const values = valuesIn(await post(host, Object.fromEntries(lines), body));
  return names.map((each) => values.get(each));
}

function post(host: string, headers: Record<string, string>, body: Buffer): Promise<unknown> {
  const options = { host, method: "POST", path: "/", headers, agent: false };
  const late = "Parameter Store did not answer in time";
  return exchange({ options, body, timeoutMs, late }, async (response) => {
    const text = await readText(response, maxBytes, "the answer");
    if (response.statusCode !== 200) throw refusalOf(response.statusCode, text);
    return JSON.parse(text);
  });
}

/** The name is what the log shows: throttled, denied or something else. */
function refusalOf(status: number | undefined, text: string): Error {
  const refusal = new Error(`Parameter Store answered with status ${status ?? 0}`);
  const type = /"__type" ?: ?"(?:[\w.]{1,100}#)?(\w{1,60})"/.exec(text)?.[1];
  if (type !== undefined) refusal.name = type;
  return refusal;
}

function valuesIn(answer: unknown): ReadonlyMap<unknown, string> {
  const parameters: unknown = Object(answer).Parameters;
  if (!Array.isArray(parameters)) throw new TypeError("the answer has no parameters");
  return new Map(
    parameters.flatMap((parameter: unknown): [unknown, string][] => {
      const { Name, Value } = Object(parameter);
      return typeof Value === "string" ? [[Name, Value]] : [];
    }),
  );
}
