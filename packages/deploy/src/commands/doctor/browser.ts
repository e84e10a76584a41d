import type { Answer, Ask } from "./ask.ts";

/** What a browser says when a person types an address. */
export const navigation = {
  accept: "text/html",
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
  "sec-fetch-site": "none",
} as const;

const maxRedirects = 8;

/** The last answer, and the address that gave it. */
export interface Page {
  readonly url: URL;
  readonly answer: Answer;
}

/** A browser without scripts. */
export interface Browser {
  /** Opens an address, or sends a form to it, and follows redirects among the browser's hosts. */
  open(url: string, form?: Readonly<Record<string, string>>): Promise<Page>;
  /** The `Cookie` header for a host. */
  cookie(host: string): string;
}

/** @param hosts where it goes; a redirect to another one is not followed. */
export function createBrowser(ask: Ask, hosts: readonly string[]): Browser {
  const jars = new Map<string, Map<string, string>>(hosts.map((host) => [host, new Map()]));
  const cookie = (host: string): string =>
    [...(jars.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");

  async function visit(url: URL, form?: Readonly<Record<string, string>>): Promise<Answer> {
    const cookies = cookie(url.host);
    const headers = { ...navigation, ...(cookies === "" ? {} : { cookie: cookies }) };
    const answer = await (form === undefined
      ? ask(url.href, headers)
      : ask(
          url.href,
          {
            ...headers,
            "sec-fetch-site": "same-origin",
            origin: url.origin,
            "content-type": "application/x-www-form-urlencoded",
          },
          { body: new URLSearchParams(form).toString() },
        ));
    for (const line of answer.setCookies) keep(url.host, line);
    return answer;
  }

  function keep(host: string, line: string): void {
    const [pair = "", ...attributes] = line.split(/; */);
    const name = pair.slice(0, pair.indexOf("="));
    if (attributes.some((attribute) => /^max-age=0$/i.test(attribute)))
      jars.get(host)?.delete(name);
    else jars.get(host)?.set(name, pair.slice(name.length + 1));
  }

  return {
    cookie,
    async open(address, form) {
      let url = new URL(address);
      let answer = await visit(url, form);
      for (let count = 0; count < maxRedirects; count += 1) {
        const next = redirectOf(answer, url);
        if (next === undefined || next.protocol !== "https:" || !jars.has(next.host)) break;
        url = next;
        answer = await visit(url);
      }
      return { url, answer };
    },
  };
}

/** Where an answer sends a browser. */
export function redirectOf({ status, headers }: Answer, from?: URL): URL | undefined {
  const location = headers["location"] ?? "";
  return status >= 300 && status < 400 && URL.canParse(location, from)
    ? new URL(location, from)
    : undefined;
}
