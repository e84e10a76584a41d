import type { Answer, Ask, RevokedUserTrial } from "@sst-gatehouse/deploy/examine-stage";

import { anna, outputsOf } from "./stage-in-account.ts";

/** What a path answers to the session of the trial's user. */
export type Answering = (
  path: string,
  situation: { readonly signedOut: boolean; readonly waitedSeconds: number },
) => { readonly status: number; readonly code?: string };

/** A sign-in, an app and a user for a trial, and what was done with them. */
export interface PlayedTrial {
  readonly ask: (...request: Parameters<Ask>) => Promise<Answer | undefined>;
  readonly trial: RevokedUserTrial;
  /** What was done, in its order. */
  readonly done: string[];
}

const user = { username: "gatehouse-acceptance-1-a-doctor", password: "Acc-7 & more" };

/** @param answering what the paths of the app answer. */
export function playTrial(answering: Answering): PlayedTrial {
  const { appUrl, signInUrl } = outputsOf(anna);
  const hosted = new URL(signInUrl).origin;
  const done: string[] = [];
  let signedOut = false;
  let waitedSeconds = 0;
  const answer = (status: number, more: Partial<Answer> = {}): Answer => ({
    status,
    headers: {},
    setCookies: [],
    body: "",
    ...more,
  });

  return {
    done,
    async ask(url, headers, options) {
      const { origin, pathname, search } = new URL(url);
      const cookie = headers["cookie"] ?? "";
      if (origin === hosted && options?.body !== undefined) {
        const sent = Object.fromEntries(new URLSearchParams(options.body));
        done.push(`signs in with ${JSON.stringify(sent)} and ${cookie}`);
        return answer(302, { headers: { location: `${appUrl}/.auth/callback?code=c${search}` } });
      }
      if (origin === hosted && pathname === "/login")
        return answer(200, {
          headers: { "content-type": "text/html" },
          setCookies: ["XSRF-TOKEN=x; Path=/; Secure", "other=1; Max-Age=0"],
          body: `<form action="/login?a=b&amp;state=s" method="post"><input type="hidden" name="_csrf" value="t&amp;t"><input name="password" type="password"></form>`,
        });
      if (origin !== appUrl) return undefined;
      if (pathname === "/.auth/callback")
        return answer(302, { headers: { location: "/" }, setCookies: ["s1=a; Secure", "s2=b"] });
      if (cookie !== "s1=a; s2=b" || pathname === "/.auth/login") return undefined;
      if (pathname === "/") return answer(200);
      const path = pathname.replace(/-[0-9a-f]{8}$/, "");
      const { status, code } = answering(path, { signedOut, waitedSeconds });
      return answer(status, {
        headers: { "content-type": "application/problem+json" },
        body: JSON.stringify({ code }),
      });
    },
    trial: {
      async withUser(groups, use) {
        done.push(`makes a user in ${JSON.stringify(groups)}`);
        try {
          return await use(user);
        } finally {
          done.push("deletes the user");
        }
      },
      async revoke(username) {
        done.push(`ends the sign-in of ${username}`);
        signedOut = true;
      },
      async wait(ms) {
        waitedSeconds += ms / 1000;
      },
    },
  };
}
