import { eventData } from "./event-data.ts";

/** Where an answer is shown. Everything is text; nothing is ever read as HTML. */
export interface AnswerView {
  /** Replaces the one line about the answer. */
  readonly summarise: (text: string) => void;
  /** Removes the previous answer. */
  readonly clear: () => void;
  readonly append: (text: string) => void;
  readonly offerSignIn: (offered: boolean) => void;
}

export interface ActionsDeps {
  /** The client's, which renews an expired session and declares the hash of a body that the guard cannot see in full. */
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  readonly view: AnswerView;
  /** Lower-case hex. */
  readonly sha256: (file: Blob) => Promise<string>;
}

/** What the buttons do. Each cancels the call before it; none rejects. */
export interface Actions {
  readonly me: () => Promise<void>;
  readonly echo: () => Promise<void>;
  readonly stream: () => Promise<void>;
  readonly upload: (file: Blob) => Promise<void>;
}

/** One call. Both functions throw once another call has begun, so that two answers never mix. */
interface Turn {
  /** Shows the answer's status and request id. */
  readonly send: (path: string, init?: RequestInit) => Promise<Response>;
  readonly write: (text: string) => void;
}

export function createActions({ fetch, view, sha256 }: ActionsDeps): Actions {
  let current = new AbortController();

  const run = async (name: string, call: (turn: Turn) => Promise<void>): Promise<void> => {
    current.abort();
    current = new AbortController();
    const { signal } = current;
    view.summarise(`${name}: waiting for the answer`);
    view.clear();
    view.offerSignIn(false);
    try {
      await call({
        send: async (path, init) => {
          const answer = await fetch(path, { ...init, signal });
          signal.throwIfAborted();
          view.summarise(`${name}: ${answer.status}${requestIdNote(answer)}`);
          view.offerSignIn(answer.status === 401);
          return answer;
        },
        write: (text) => {
          signal.throwIfAborted();
          view.append(text);
        },
      });
    } catch {
      if (!signal.aborted) view.summarise(`${name}: interrupted. Try again.`);
    }
  };

  return {
    me: () =>
      run("GET /me", async ({ send, write }) => {
        const answer = await send("/me");
        write(indented(await answer.text()));
      }),

    echo: () =>
      run("POST /echo", async ({ send, write }) => {
        const answer = await send("/echo", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ hello: "world" }),
        });
        write(indented(await answer.text()));
      }),

    stream: () =>
      run("GET /stream", async ({ send, write }) => {
        const answer = await send("/stream?events=5&interval=500");
        if (answer.ok && answer.body !== null) {
          for await (const data of eventData(answer.body)) write(`${data}\n`);
        } else {
          write(indented(await answer.text()));
        }
      }),

    upload: (file) =>
      run("POST /files", async ({ send, write }) => {
        const hash = await sha256(file);
        const answer = await send("/files", {
          method: "POST",
          headers: { "content-type": file.type === "" ? "application/octet-stream" : file.type },
          body: file,
        });
        const text = await answer.text();
        write(indented(text));
        if (answer.ok) write(`\n\n${comparison(hash, text)}`);
      }),
  };
}

/** CloudFront's id of the request, which is also in the guard's log line. */
function requestIdNote(answer: Response): string {
  const requestId = answer.headers.get("x-amz-cf-id");
  return requestId === null ? "" : `, request id ${requestId}`;
}

function comparison(hash: string, answer: string): string {
  const measured = parseJson(answer);
  return isObject(measured) && measured["sha256"] === hash
    ? "This browser computed the same SHA-256: the file arrived intact."
    : `This browser computed a different SHA-256: ${hash}`;
}

/** JSON spread over several lines; any other text as it is. */
function indented(text: string): string {
  const value = parseJson(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
