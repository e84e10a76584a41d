import type { Invocation } from "../../src/aws/lambda/invocation.ts";

/** As loose as `JSON.parse`; tests say what they expect. */
export type Json = ReturnType<typeof JSON.parse>;

/** The answer of a plain handler. */
export function payloadOf(invocation: Invocation): Json {
  if (invocation.kind !== "response") throw unexpected(invocation);
  return JSON.parse(invocation.payload.toString("utf8"));
}

export function bodyOf(invocation: Invocation) {
  if (invocation.kind !== "stream") throw unexpected(invocation);
  return invocation.body;
}

export async function textOf(invocation: Invocation): Promise<string> {
  return Buffer.concat(await bodyOf(invocation).toArray()).toString("utf8");
}

export function crashReason(invocation: Invocation): string {
  if (invocation.kind !== "crash") throw unexpected(invocation);
  return invocation.reason;
}

function unexpected(invocation: Invocation): Error {
  return new Error(`an invocation ended in another way: ${JSON.stringify(invocation)}`);
}
