import { createFetch } from "./create-fetch.ts";
import { ProblemError } from "./problem.ts";

export interface UploadFormsOptions {
  /** Told why an upload was refused or did not get through; by default the person is, by `alert`. */
  readonly failed?: (error: unknown) => void;
  /** What sends the forms; the platform's `fetch` by default. */
  readonly fetch?: typeof globalThis.fetch;
}

/** With the names, boundaries and other fields it may be more than the megabyte that the guard sees. */
const minFileBytes = 900_000;
/** What Lambda takes of a form with files. A larger one is left to the browser: the guard answers it with a page. */
const maxFileBytes = 4_650_000;

/**
 * Takes over the page's forms with files: browsers cannot send the hash that the guard asks for with a body over 1 MB. A
 * form that is smaller, or goes to another origin, another window or by another method, is left to the browser, and so is
 * one that another script has taken over.
 *
 * The answer is shown as a browser would show it: the page that a redirect leads to, or else the answer itself.
 *
 * @returns a function that ends it.
 */
export function uploadForms({ failed = say, fetch }: UploadFormsOptions = {}): () => void {
  const send = createFetch({ throwProblems: true, ...(fetch === undefined ? {} : { fetch }) });
  const underway = new WeakSet<HTMLFormElement>();

  const onSubmit = (event: SubmitEvent): void => {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement)) return;
    const upload = uploadOf(form, event.submitter);
    if (upload === undefined) return;
    event.preventDefault();
    if (underway.has(form)) return;
    underway.add(form);
    send(upload.action, {
      method: "POST",
      body: upload.body,
      headers: { accept: "text/html, */*;q=0.8" },
    })
      .then(show)
      .catch(failed)
      .finally(() => underway.delete(form));
  };

  document.addEventListener("submit", onSubmit);
  return () => document.removeEventListener("submit", onSubmit);
}

interface Upload {
  readonly action: string;
  readonly body: FormData;
}

/** What a form would send; `undefined` for one that the browser can send by itself. */
function uploadOf(form: HTMLFormElement, submitter: HTMLElement | null): Upload | undefined {
  // A button may say otherwise than its form.
  const told = (name: string): string =>
    submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name) ?? "";
  const action = new URL(told("action"), document.baseURI);
  if (action.origin !== location.origin || !/^(_self)?$/i.test(told("target"))) return undefined;
  if (told("method").toLowerCase() !== "post") return undefined;
  if (told("enctype").toLowerCase() !== "multipart/form-data") return undefined;
  const body = new FormData(form, submitter);
  let bytes = 0;
  for (const [, value] of body) bytes += typeof value === "string" ? value.length : value.size;
  return bytes < minFileBytes || bytes > maxFileBytes ? undefined : { action: action.href, body };
}

async function show(answer: Response): Promise<void> {
  const { headers, redirected, status, url } = answer;
  if (redirected) {
    location.assign(url);
    return;
  }
  if (status === 204 || status === 205) return;
  const type = headers.get("content-type") ?? "";
  const mayRun = !headers.has("content-disposition") && !/\bsandbox\b/i.test(policyOf(headers));
  if (mayRun && /^text\/html\b/i.test(type)) {
    const html = await answer.text();
    history.pushState(null, "", url);
    document.open();
    document.write(html);
    document.close();
    return;
  }
  // What a page has made runs as this page, whatever its answer said: so nothing but text is opened.
  const isText = mayRun && /^(?:text\/plain|application\/(?:[\w.-]+\+)?json)\b/i.test(type);
  const file = new Blob([await answer.blob()], { type: isText ? "text/plain; charset=utf-8" : "" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  if (!isText) link.download = nameOf(url);
  link.click();
}

function policyOf(headers: Headers): string {
  return headers.get("content-security-policy") ?? "";
}

function nameOf(url: string): string {
  return new URL(url).pathname.split("/").at(-1) ?? "";
}

function say(error: unknown): void {
  const why =
    error instanceof ProblemError ? error.detail : "Check your connection, and send it again.";
  globalThis.alert(`This was not sent. ${why ?? ""}`);
}
