import type { HttpRequest } from "@sst-gatehouse/core/http-request";

import { exchange, readText } from "./bounded-https.ts";

const timeoutMs = 3000;
/** The parameter has 4096 characters at most, and JSON may write each in six. */
const maxBytes = 64 * 1024;

export interface RevocationsSource {
  /** The stage's home region, not the one the guard runs in. */
  readonly region: string;
  /** Full name of the parameter. */
  readonly name: string;
  /** Signs for the service `ssm` of that region. */
  readonly sign: (request: HttpRequest) => Promise<HttpRequest>;
}

/**
 * Reads the one parameter by a bare HTTPS call: the SDK costs more than everything else in a cold start.
 *
 * `GetParameters`, because the edge role may call that one. Each read has a connection of its own: one that was kept
 * through a freeze would be dead.
 *
 * @returns the parameter's text.
 * @throws {Error} (rejects) when the parameter is not there, when SSM refuses (the error has the name that AWS gives),
 *   after three seconds, or over 64 KB.
 */
export async function readRevocations({ region, name, sign }: RevocationsSource): Promise<string> {
  const host = `ssm.${region}.amazonaws.com`;
  const body = Buffer.from(JSON.stringify({ Names: [name] }));
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
  return valueOf(await post(host, Object.fromEntries(lines), body), name);
}

function post(host: string, headers: Record<string, string>, body: Buffer): Promise<unknown> {
  const options = { host, method: "POST", path: "/", headers, agent: false };
  const late = "the list of revocations did not arrive in time";
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

function valueOf(answer: unknown, name: string): string {
  const parameters: unknown = Object(answer).Parameters;
  const found: unknown = Array.isArray(parameters)
    ? parameters.find((parameter: unknown) => Object(parameter).Name === name)
    : undefined;
  const value: unknown = Object(found).Value;
  if (typeof value !== "string") throw new TypeError("the list of revocations is missing");
  return value;
}
