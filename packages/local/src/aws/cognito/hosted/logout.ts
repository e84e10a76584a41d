import type { IncomingMessage, ServerResponse } from "node:http";

import type { Explain } from "../../explain.ts";
import { printableAddress } from "../../without-secrets.ts";
import { noSuchClient } from "../pool/clients.ts";
import { sendPage, sendRedirect } from "./hosted-answers.ts";
import type { HostedSessions } from "./hosted-sessions.ts";
import { errorPage } from "./pages.ts";
import type { UserPool } from "../pool/user-pool.ts";

/**
 * `GET /logout`: ends the browser's session, then goes to a registered `logout_uri`, or to the form again when it is given
 * a sign-in request instead. It revokes no token.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
 */
export function createLogout(options: {
  pool: UserPool;
  sessions: HostedSessions;
  origin: string;
  explain: Explain;
}): (query: string, request: IncomingMessage, response: ServerResponse) => void {
  const { pool, sessions, origin, explain } = options;
  return (query, request, response) => {
    const asked = new URLSearchParams(query);
    const clientId = asked.get("client_id") ?? "";
    const logoutUri = asked.get("logout_uri");
    const target = logoutUri ?? asked.get("redirect_uri");
    if (target === null) {
      explain("cognito", "/logout refused: there is neither logout_uri nor redirect_uri");
      return sendPage(
        response,
        400,
        errorPage("Required String parameter 'redirect_uri' is not present"),
      );
    }
    const client = pool.clients.find(clientId);
    const registered = logoutUri === null ? client?.callbackUrls : client?.logoutUrls;
    if (!registered?.includes(target)) {
      explain(
        "cognito",
        `/logout refused: ${client ? `the address is not one of the client's (${registered?.join(", ") || "none"}); received ${printableAddress(target)}` : noSuchClient(pool.clients)}`,
      );
      const mismatch = new URLSearchParams({ error: "redirect_mismatch", client_id: clientId });
      return sendRedirect(response, `${origin}/error?${mismatch.toString()}`);
    }
    sendRedirect(response, logoutUri ?? `${origin}/login?${query}`, [sessions.end(request)]);
  };
}
