import { convertToModelMessages, simulateReadableStream, streamText, type UIMessage } from "ai";
import { MockLanguageModelV4 } from "ai/test";
import { Hono } from "hono";
import type { AppEnv } from "sst-gatehouse/hono";

const pieces = ["Half ", "a ", "second ", "from ", "here ", "to ", "the ", "end, ", "Grüße."];

/** In place of a provider's: the SDK's own, so that nothing leaves this machine. */
const model = new MockLanguageModelV4({
  doStream: async () => ({
    stream: simulateReadableStream({
      chunkDelayInMs: 60,
      chunks: [
        { type: "stream-start", warnings: [] },
        { type: "text-start", id: "1" },
        ...pieces.map((delta) => ({ type: "text-delta", id: "1", delta }) as const),
        { type: "text-end", id: "1" },
        {
          type: "finish",
          finishReason: { unified: "stop", raw: "stop" },
          usage: {
            inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
            outputTokens: { total: 9, text: 9, reasoning: 0 },
          },
        },
      ],
    }),
  }),
});

export const chat = new Hono<AppEnv>().post("/", async (c) => {
  const { messages }: { messages: UIMessage[] } = await c.req.json();
  const result = streamText({ model, messages: await convertToModelMessages(messages) });
  return result.toUIMessageStreamResponse();
});
