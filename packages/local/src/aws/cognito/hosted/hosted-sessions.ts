import type { IncomingMessage } from "node:http";

import type { Clock } from "../../clock.ts";
import { readCookie } from "./form-request.ts";
import { createTickets } from "../pool/tickets.ts";

/** Who signed in with this browser, and when (seconds). */
export interface HostedSession {
  readonly sub: string;
  readonly authTime: number;
}

/** The sign-in domain's own sessions: within one hour an app gets its tokens without a form. */
export interface HostedSessions {
  /** @returns the cookie to set. */
  readonly start: (session: HostedSession) => string;
  readonly find: (request: IncomingMessage) => HostedSession | undefined;
  /** @returns the cookie that tells the browser so. */
  readonly end: (request: IncomingMessage) => string;
}

/** Not configurable at Cognito, and not ended by GlobalSignOut either. */
const sessionSeconds = 3600;
const cookieName = "cognito";
const attributes = "Path=/; HttpOnly; Secure; SameSite=Lax";

export function createHostedSessions(clock: Clock): HostedSessions {
  const sessions = createTickets<HostedSession>(sessionSeconds, clock);
  return {
    start: (session) =>
      `${cookieName}=${sessions.issue(session)}; Max-Age=${sessionSeconds}; ${attributes}`,
    find: (request) => sessions.find(nameIn(request)),
    end(request) {
      sessions.redeem(nameIn(request));
      return `${cookieName}=; Max-Age=0; ${attributes}`;
    },
  };
}

function nameIn(request: IncomingMessage): string {
  return readCookie(request, cookieName) ?? "";
}
