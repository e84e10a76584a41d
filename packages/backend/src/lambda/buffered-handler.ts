import type { Context as LambdaContext } from "aws-lambda";

import type { Answer } from "./answer.ts";
import type { FunctionUrlEvent } from "../function-url-event.ts";

/** The result that Lambda takes from a function behind a BUFFERED Function URL. */
export interface BufferedResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: string;
  readonly isBase64Encoded: true;
}

/** The same answers in one piece, for live debugging, which cannot stream. At most 6 MB, as Lambda has it. */
export function createBufferedHandler(
  answer: (event: FunctionUrlEvent, lambdaContext?: LambdaContext) => Promise<Answer>,
) {
  return async (
    event: FunctionUrlEvent,
    lambdaContext?: LambdaContext,
  ): Promise<BufferedResult> => {
    const { body, ...metadata } = await answer(event, lambdaContext);
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return { ...metadata, body: Buffer.concat(chunks).toString("base64"), isBase64Encoded: true };
  };
}
