import type { Context as LambdaContext } from "aws-lambda";

import type { AnswerEvent } from "./answer.ts";
import type { FunctionUrlEvent } from "../function-url-event.ts";

/** The result that Lambda takes from a function behind a BUFFERED Function URL. */
export interface BufferedResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: string;
  readonly isBase64Encoded: true;
}

export type BufferedHandler = (
  event: FunctionUrlEvent,
  lambdaContext?: LambdaContext,
) => Promise<BufferedResult>;

/** The handler of a Function URL with the invoke mode BUFFERED. Lambda takes a result of at most 6 MB. */
export function createBufferedHandler(answer: AnswerEvent): BufferedHandler {
  return async (event, lambdaContext) => {
    const { body, subject: _subject, ...metadata } = await answer(event, lambdaContext);
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return { ...metadata, body: Buffer.concat(chunks).toString("base64"), isBase64Encoded: true };
  };
}
