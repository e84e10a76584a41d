import { Agent, buildConnector, fetch as undiciFetch } from "undici";

import { startTlsFront } from "../../src/aws/lambda/tls-front.ts";
import { region, startCognito } from "../cognito.ts";
import type { CognitoUnderTest } from "../cognito.ts";

/** The stand-in as a program on AWS finds it: over TLS, under the names of the issuer and of the sign-in domain. */
export interface UnderAwsNames extends CognitoUnderTest {
  /** `https://<prefix>.auth.<region>.amazoncognito.com` */
  readonly domain: string;
  /** Reaches these two names and trusts their certificate; every other name is an error. */
  readonly fetch: typeof fetch;
}

const domainHost = `gatehouse-local.auth.${region}.amazoncognito.com`;
const issuerHost = `cognito-idp.${region}.amazonaws.com`;

export async function startUnderAwsNames(): Promise<UnderAwsNames> {
  const domain = `https://${domainHost}`;
  const stand = await startCognito({ hostedOrigin: domain });
  const front = await startTlsFront({
    hosts: [domainHost, issuerHost],
    listener(request, response) {
      const { host } = request.headers;
      // Each name has its own paths only, so an address that was built from the wrong one leads nowhere.
      const handle =
        host === domainHost
          ? stand.cognito.handleHosted
          : request.url === "/"
            ? stand.handle
            : stand.cognito.handleIdp;
      handle(request, response).catch(() => response.destroy());
    },
  });
  const dial = buildConnector({ ca: front.caPem });
  const agent = new Agent({
    connect(options, callback) {
      if (options.hostname !== domainHost && options.hostname !== issuerHost) {
        return callback(new Error(`${options.hostname} is no name of this pool`), null);
      }
      const { hostname } = options;
      dial(
        { ...options, hostname: "127.0.0.1", port: String(front.port), servername: hostname },
        callback,
      );
    },
  });

  return {
    ...stand,
    domain,
    // Node's own fetch speaks to another undici than the agent's, so the answer is made over.
    async fetch(input, init) {
      const request = new Request(input, init);
      const body = await request.arrayBuffer();
      const answer = await undiciFetch(request.url, {
        method: request.method,
        headers: [...request.headers],
        redirect: "manual",
        dispatcher: agent,
        ...(body.byteLength > 0 ? { body } : {}),
      });
      const { status } = answer;
      return new Response(await answer.arrayBuffer(), { status, headers: [...answer.headers] });
    },
    async close() {
      await agent.destroy();
      await front.close();
      await stand.close();
    },
  };
}
