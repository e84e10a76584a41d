import type { IncomingMessage, ServerResponse } from "node:http";

import { startTlsFront } from "@sst-gatehouse/local/tls-front";
import { requireSignature } from "../signed-answer.ts";

export interface ParameterStore {
  readonly port: number;
  /** The certificate to trust. */
  readonly caPem: string;
  /** Calls answered so far. */
  readonly calls: () => number;
  readonly close: () => Promise<void>;
}

/**
 * Parameter Store on loopback, for one call: it checks the signature and answers at once with the same values.
 *
 * @param parameters by full name.
 */
export async function startParameterStore(
  region: string,
  parameters: Readonly<Record<string, string>>,
): Promise<ParameterStore> {
  let calls = 0;
  const all = Object.entries(parameters).map(([Name, Value]) => ({
    Name,
    Value,
    Type: "String",
    Version: 1,
  }));
  /** Parsed and written beforehand: only the way to the answer is measured. */
  const answers = new Map([
    ["AmazonSSM.GetParametersByPath", JSON.stringify({ Parameters: all })],
    ...all.map((one): [string, string] => [
      `AmazonSSM.GetParameters ${JSON.stringify({ Names: [one.Name] })}`,
      JSON.stringify({ Parameters: [one], InvalidParameters: [] }),
    ]),
  ]);
  const front = await startTlsFront({
    hosts: [`ssm.${region}.amazonaws.com`],
    listener: (request, response) => {
      respond(request, response, answers).then(
        () => (calls += 1),
        (error: unknown) => response.writeHead(400).end(String(error)),
      );
    },
  });
  return { ...front, calls: () => calls };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answers: ReadonlyMap<string, string>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const body = Buffer.concat(chunks);
  const target = String(request.headers["x-amz-target"]);
  const answer = answers.get(target) ?? answers.get(`${target} ${body.toString()}`);
  if (answer === undefined) throw new Error("only GetParametersByPath, and GetParameters of one");
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  requireSignature({ method: "POST", path: "/", query: "", headers, body });
  response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(answer);
}
