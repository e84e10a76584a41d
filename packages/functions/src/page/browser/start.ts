import { createFetch, sha256Hex } from "sst-gatehouse/client";

import { createActions } from "./actions.ts";

const summary = element("summary", HTMLParagraphElement);
const answer = element("answer", HTMLPreElement);
const signIn = element("sign-in", HTMLParagraphElement);
const file = element("file", HTMLInputElement);

const actions = createActions({
  fetch: createFetch(),
  view: {
    summarise: (text) => (summary.textContent = text),
    clear: () => answer.replaceChildren(),
    append: (text) => answer.append(text),
    offerSignIn: (offered) => (signIn.hidden = !offered),
  },
  sha256: sha256Hex,
});

onClick("me", actions.me);
onClick("echo", actions.echo);
onClick("stream", actions.stream);
onClick("upload", async () => {
  const [chosen] = file.files ?? [];
  if (chosen !== undefined) return await actions.upload(chosen);
  summary.textContent = "Choose a file first.";
  file.focus();
});
element("calls", HTMLFieldSetElement).disabled = false;

function onClick(id: string, act: () => Promise<void>): void {
  element(id, HTMLButtonElement).addEventListener("click", () => void act());
}

function element<E extends HTMLElement>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new TypeError(`the page has no ${kind.name} #${id}`);
  return found;
}
