import { DefaultChatTransport, readUIMessageStream, type UIMessage } from "ai";
import { expect, test } from "vitest";

import { playedGate } from "./gate";

const gate = playedGate();
const whole = "Half a second from here to the end, Grüße.";

const question: UIMessage = { id: "1", role: "user", parts: [{ type: "text", text: "Hello?" }] };

/** Each state of the answer's text, as a chat shows it. */
async function* ask(): AsyncGenerator<string> {
  const transport = new DefaultChatTransport({
    api: `${gate.current.url}/chat`,
    fetch: gate.current.call,
  });
  const stream = await transport.sendMessages({
    chatId: "1",
    messages: [question],
    trigger: "submit-message",
    messageId: undefined,
    abortSignal: undefined,
  });
  for await (const { parts } of readUIMessageStream({ stream })) {
    yield parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  }
}

test("an answer arrives piece by piece", async () => {
  const states = new Set<string>();
  for await (const state of ask()) states.add(state);
  expect([...states].at(-1)).toBe(whole);
  expect(states.size).toBeGreaterThan(5);
});

test("an answer goes on when the hour ends in its middle, and the next question is asked by itself", async () => {
  let last = "";
  for await (const state of ask()) {
    if (last === "" && state !== "") gate.current.clock.advance(3601);
    last = state;
  }
  expect(last).toBe(whole);
  for await (const state of ask()) last = state;
  expect(last).toBe(whole);
  expect(gate.current.log.filter((line) => line.includes("token_expired"))).toHaveLength(1);
});
