// Made from browser/start.ts by `pnpm build`: edit that one.

/** What the home page runs in the browser. */
export const pageScript = `// src/page/browser/call-api.ts
async function callApi(fetch2, path, init) {
  const answer2 = await fetch2(path, init);
  if (!await isExpired(answer2)) return answer2;
  const { signal = null } = init;
  const refreshed = await fetch2("/.auth/refresh", { method: "POST", signal });
  return refreshed.ok ? await fetch2(path, init) : answer2;
}
async function isExpired(answer2) {
  if (answer2.status !== 401) return false;
  const problem = await answer2.clone().json().catch(() => void 0);
  return isObject(problem) && problem["code"] === "token_expired";
}
function isObject(value) {
  return typeof value === "object" && value !== null;
}

// src/page/browser/event-data.ts
async function* eventData(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let received = "";
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    received += read.value;
    const blocks = received.split("\\n\\n");
    received = blocks.pop() ?? "";
    for (const block of blocks) {
      const lines = block.split("\\n").filter((line) => line.startsWith("data:"));
      if (lines.length > 0) yield lines.map((line) => line.replace(/^data: ?/, "")).join("\\n");
    }
  }
}

// src/page/browser/actions.ts
function createActions({ fetch: fetch2, view, sha256 }) {
  let current = new AbortController();
  const run = async (name, call) => {
    current.abort();
    current = new AbortController();
    const { signal } = current;
    view.summarise(\`\${name}: waiting for the answer\`);
    view.clear();
    view.offerSignIn(false);
    try {
      await call({
        send: async (path, init) => {
          const answer2 = await callApi(fetch2, path, { ...init, signal });
          signal.throwIfAborted();
          view.summarise(\`\${name}: \${answer2.status}\${requestIdNote(answer2)}\`);
          view.offerSignIn(answer2.status === 401);
          return answer2;
        },
        write: (text) => {
          signal.throwIfAborted();
          view.append(text);
        }
      });
    } catch {
      if (!signal.aborted) view.summarise(\`\${name}: it broke off. Try again.\`);
    }
  };
  return {
    me: () => run("GET /me", async ({ send, write }) => {
      const answer2 = await send("/me");
      write(indented(await answer2.text()));
    }),
    echo: () => run("POST /echo", async ({ send, write }) => {
      const answer2 = await send("/echo", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ hello: "world" })
      });
      write(indented(await answer2.text()));
    }),
    stream: () => run("GET /stream", async ({ send, write }) => {
      const answer2 = await send("/stream?events=5&interval=500");
      if (answer2.ok && answer2.body !== null) {
        for await (const data of eventData(answer2.body)) write(\`\${data}
\`);
      } else {
        write(indented(await answer2.text()));
      }
    }),
    upload: (file2) => run("POST /files", async ({ send, write }) => {
      const hash = await sha256(file2);
      const answer2 = await send("/files", {
        method: "POST",
        headers: {
          "content-type": file2.type === "" ? "application/octet-stream" : file2.type,
          // The guard sees no more than the first megabyte and has to be told the hash of the whole.
          "x-amz-content-sha256": hash
        },
        body: file2
      });
      const text = await answer2.text();
      write(indented(text));
      if (answer2.ok) write(\`

\${comparison(hash, text)}\`);
    })
  };
}
function requestIdNote(answer2) {
  const requestId = answer2.headers.get("x-amz-cf-id");
  return requestId === null ? "" : \`, request id \${requestId}\`;
}
function comparison(hash, answer2) {
  const measured = parseJson(answer2);
  return isObject(measured) && measured["sha256"] === hash ? "This browser computed the same SHA-256: the file arrived as it was sent." : \`This browser computed another SHA-256: \${hash}\`;
}
function indented(text) {
  const value = parseJson(text);
  return value === void 0 ? text : JSON.stringify(value, null, 2);
}
function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return void 0;
  }
}

// src/page/browser/start.ts
var summary = element("summary", HTMLParagraphElement);
var answer = element("answer", HTMLPreElement);
var signIn = element("sign-in", HTMLParagraphElement);
var file = element("file", HTMLInputElement);
var actions = createActions({
  fetch: (path, init) => fetch(path, init),
  view: {
    summarise: (text) => summary.textContent = text,
    clear: () => answer.replaceChildren(),
    append: (text) => answer.append(text),
    offerSignIn: (offered) => signIn.hidden = !offered
  },
  sha256: async (blob) => {
    const hash = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
    return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
});
onClick("me", actions.me);
onClick("echo", actions.echo);
onClick("stream", actions.stream);
onClick("upload", async () => {
  const [chosen] = file.files ?? [];
  if (chosen !== void 0) return await actions.upload(chosen);
  summary.textContent = "Choose a file first.";
  file.focus();
});
element("calls", HTMLFieldSetElement).disabled = false;
function onClick(id, act) {
  element(id, HTMLButtonElement).addEventListener("click", () => void act());
}
function element(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(\`the page has no \${kind.name} #\${id}\`);
  return found;
}
`;
