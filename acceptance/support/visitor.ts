import { send, type Answer, type Sent } from "./client.ts";
import { signInByForm } from "./oauth.ts";
import type { Target } from "./target.ts";

/** The headers of a browser that opens a page in its own window. */
export const navigation = {
  accept: "text/html,application/xhtml+xml,*/*;q=0.8",
  "sec-fetch-dest": "document",
  "sec-fetch-mode": "navigate",
  "sec-fetch-site": "none",
} as const;

/** Those of a script of the app's own page. */
export const script = {
  accept: "*/*",
  "sec-fetch-dest": "empty",
  "sec-fetch-mode": "cors",
  "sec-fetch-site": "same-origin",
} as const;

/** A browser as far as its cookies for the app go; nothing follows a redirect by itself. */
export interface Visitor {
  /** By name. */
  readonly cookies: Map<string, string>;
  /** Sends one request to the app with the cookies, and keeps those that come back. */
  readonly send: (sent: Sent) => Promise<Answer>;
  /** Opens a path of the app as a page. */
  readonly open: (path: string, headers?: Sent["headers"]) => Promise<Answer>;
  /** Calls a path as a script of the app does. */
  readonly call: (path: string, sent?: Sent) => Promise<Answer>;
  /** Opens a path, signs in on the hosted page, and comes back. @returns the answer of the callback. */
  readonly signIn: (path: string, user: Target["users"][number]) => Promise<Answer>;
  /** The same, up to the address that the hosted page sends the browser to. */
  readonly signInUpTo: (path: string, user: Target["users"][number]) => Promise<string>;
}

export function createVisitor(target: Target): Visitor {
  const cookies = new Map<string, string>();
  const visitor: Visitor = {
    cookies,
    async send(sent) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const answer = await send(target.appUrl, {
        ...sent,
        headers: { ...(cookie === "" ? {} : { cookie }), ...sent.headers },
      });
      for (const line of setCookies(answer)) {
        const [pair = "", ...attributes] = line.split("; ");
        const name = pair.slice(0, pair.indexOf("="));
        if (attributes.includes("Max-Age=0")) cookies.delete(name);
        else cookies.set(name, pair.slice(name.length + 1));
      }
      return answer;
    },
    open: (path, headers = {}) => visitor.send({ path, headers: { ...navigation, ...headers } }),
    call: (path, sent = {}) =>
      visitor.send({ path, ...sent, headers: { ...script, ...sent.headers } }),
    async signInUpTo(path, { username, password }) {
      const answer = await visitor.open(path);
      const arrived = await signInByForm(locationOf(answer), username, password);
      if (!arrived.startsWith(target.appUrl)) throw new Error(`${username} could not sign in`);
      return arrived.slice(target.appUrl.length);
    },
    signIn: async (path, user) => visitor.open(await visitor.signInUpTo(path, user)),
  };
  return visitor;
}

export function setCookies({ headers }: Answer): readonly string[] {
  return headers.filter(([name]) => name === "set-cookie").map(([, value]) => value);
}

export function locationOf(answer: Answer): string {
  const location = answer.header("location");
  if (location === undefined) throw new Error(`no redirect, but ${answer.status}`);
  return location;
}
