import { expect, test } from "vitest";

import { startApp } from "../test/client.ts";
import { createFetch } from "./create-fetch.ts";

const announcing = (length: string, body: string) => ({
  status: 203,
  headers: { "x-gatehouse-content-length": length, "x-own": "1", "content-type": "text/plain" },
  body,
});

const readers: [how: string, read: (answer: Response) => Promise<unknown>][] = [
  ["text()", (answer) => answer.text()],
  ["json()", (answer) => answer.json()],
  ["blob()", (answer) => answer.blob()],
  ["arrayBuffer()", (answer) => answer.arrayBuffer()],
  ["the text of a clone", (answer) => answer.clone().text()],
  ["its body", async (answer) => answer.body?.pipeTo(new WritableStream())],
];

test.each(readers)(
  "a body that is shorter than announced cannot be read by %s",
  async (_how, read) => {
    const { origin } = await startApp(() => announcing("9", '"eight"'));
    const answer = await createFetch({ origin })("/files/a");
    expect([answer.ok, answer.status]).toEqual([true, 203]);
    await expect(read(answer)).rejects.toThrow(
      new TypeError("the answer broke off after 7 of 9 bytes: the backend failed in the middle"),
    );
  },
);

test("the part that came can be read before that", async () => {
  const { origin } = await startApp(() => announcing("9", "part"));
  const answer = await createFetch({ origin })("/files/a");
  const reader = answer.body?.getReader();
  const first = await reader?.read();
  expect(new TextDecoder().decode(first?.value)).toBe("part");
  await expect(reader?.read()).rejects.toBeInstanceOf(TypeError);
});

const whole: [what: string, length: string, body: string][] = [
  ["as long as announced", "7", '"seven"'],
  ["longer", "6", '"seven"'],
  ["of an announced nothing", "0", ""],
  ["behind no number", "9x", '"seven"'],
  ["behind a negative number", "-1", '"seven"'],
];

test.each(whole)("a body %s is read whole", async (_what, length, body) => {
  const { origin } = await startApp(() => announcing(length, body));
  expect(await (await createFetch({ origin })("/files/a")).text()).toBe(body);
});

test("an answer to HEAD announces a length and has no body", async () => {
  const { origin } = await startApp(() => announcing("9", ""));
  const answer = await createFetch({ origin })("/files/a", { method: "HEAD" });
  expect([answer.headers.get("x-gatehouse-content-length"), await answer.text()]).toEqual([
    "9",
    "",
  ]);
});

test("a checked answer and its clone are otherwise as the platform has them", async () => {
  const app = await startApp(({ path }) =>
    path === "/old" ? { status: 302, headers: { location: "/new" } } : announcing("7", '"seven"'),
  );
  const direct = await fetch(`${app.origin}/old`);
  const answer = await createFetch({ origin: app.origin })("/old");
  for (const one of [answer, answer.clone()]) {
    const { status, statusText, url, redirected, type } = one;
    expect({ status, statusText, url, redirected, type }).toEqual({
      status: direct.status,
      statusText: direct.statusText,
      url: `${app.origin}/new`,
      redirected: true,
      type: direct.type,
    });
    expect([one.headers.get("x-own"), await one.text()]).toEqual(["1", '"seven"']);
  }
});

test("answers of other origins, and those without the header, are handed over as they came", async () => {
  const other = await startApp(() => announcing("9", "part"));
  const { origin } = await startApp(() => ({ body: "part" }));
  const answers: Response[] = [];
  const platform: typeof fetch = async (...call) => {
    const answer = await fetch(...call);
    answers.push(answer);
    return answer;
  };
  const call = createFetch({ origin, fetch: platform });
  expect(await call("/a")).toBe(answers[0]);
  const elsewhere = await call(`${other.origin}/b`);
  expect(elsewhere).toBe(answers[1]);
  expect(await elsewhere.text()).toBe("part");
});
