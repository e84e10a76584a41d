import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

import {
  createIdentities,
  type Credentials,
  credentialsOf,
} from "../../../src/aws/iam/identities.ts";
import { verifySignature } from "../../../src/aws/sigv4/verify-signature.ts";
import { type Answer, type Asked, type Call, Refused } from "./answer.ts";
import { cloudFrontCall } from "./cloudfront.ts";
import { iamCall } from "./iam.ts";
import { jsonCall } from "./json-services.ts";
import { lambdaCall } from "./lambda.ts";
import { s3Call } from "./s3.ts";
import type { AccountState } from "./state.ts";

/** AWS's APIs of one account on loopback, for the real SDK clients. */
export interface PlayedAccount {
  readonly url: string;
  readonly credentials: Credentials;
  /** What is there; tests put another in its place. */
  state: AccountState;
  /** The calls that were made, as IAM names them, with the region in front. */
  readonly calls: string[];
  close(): Promise<void>;
}

/** What finds a call, by the service in the credential scope. */
const services: Readonly<Record<string, (state: AccountState, asked: Asked) => Call | undefined>> =
  {
    iam: iamCall,
    lambda: lambdaCall,
    cloudfront: cloudFrontCall,
    s3: s3Call,
    "cognito-idp": jsonCall,
    ssm: jsonCall,
    logs: jsonCall,
  };

/**
 * Checks each signature with somebody else's signer, then answers from the state as it is at that moment.
 *
 * @param credentials of the one who may ask; new ones when absent.
 */
export async function startAccount(
  initial: AccountState,
  credentials?: Credentials,
): Promise<PlayedAccount> {
  const caller = {
    ...createIdentities(initial.id).assumeRole("operator", "doctor", []),
    ...credentials,
  };
  const identities = {
    find: (accessKeyId: string) => (accessKeyId === caller.accessKeyId ? caller : undefined),
  };
  const played = { state: initial, calls: [] as string[] };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { state, calls } = played;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks);
    const [, region = "", service = ""] =
      /Credential=[^/]+\/\d{8}\/([\w-]+)\/([\w-]+)\/aws4_request/.exec(
        request.headers.authorization ?? "",
      ) ?? [];
    const verdict = verifySignature(
      { method: request.method ?? "", target: request.url ?? "", headers: pairs(request), body },
      { service, region, identities, nowMs: Date.now() },
    );
    const asked: Asked = {
      method: request.method ?? "",
      url: new URL(request.url ?? "/", "http://aws.example"),
      headers: request.headers,
      body: body.toString(),
      region,
    };
    const answer =
      verdict.kind === "signed"
        ? answerTo(services[service]?.(state, asked))
        : refuse(new Refused("SignatureDoesNotMatch", 403, JSON.stringify(verdict)), service);

    function answerTo(call: Call | undefined): Answer {
      if (call === undefined)
        return refuse(
          new Refused(
            "UnknownOperationException",
            404,
            `${service}: ${request.method} ${request.url}`,
          ),
          service,
        );
      calls.push(`${region} ${call.action}`);
      try {
        if (state.denied.has(call.action))
          throw new Refused(
            xmlServices.includes(service) ? "AccessDenied" : "AccessDeniedException",
            403,
            `User: ${caller.arn} is not authorized to perform: ${call.action} on resource: * because no identity-based policy allows the ${call.action} action`,
          );
        const trouble = state.troubles?.get(region);
        if (trouble !== undefined) throw new Refused(trouble.code, 400, trouble.message);
        return call.run();
      } catch (error) {
        if (error instanceof Refused) return refuse(error, service);
        throw error;
      }
    }
    response.writeHead(answer.status, {
      "content-type": answer.type,
      "x-amzn-requestid": "7a62c49f-347e-4fc4-9331-6e8eexample",
      ...(answer.errorType === undefined ? {} : { "x-amzn-errortype": answer.errorType }),
    });
    response.end(answer.body);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return Object.assign(played, {
    url: `http://127.0.0.1:${port}`,
    credentials: credentialsOf(caller),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}

const xmlServices = ["iam", "cloudfront", "s3"];

/** XML for those that speak it, JSON for the rest. */
function refuse({ code, status, message }: Refused, service: string): Answer {
  if (xmlServices.includes(service)) {
    const text = message.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error>`;
    return {
      status,
      type: "text/xml",
      body:
        service === "s3"
          ? error
          : `<ErrorResponse>${error}<RequestId>7a62c49f</RequestId></ErrorResponse>`,
    };
  }
  return {
    status: service === "lambda" ? status : 400,
    type: "application/x-amz-json-1.1",
    errorType: code,
    body: JSON.stringify({ __type: code, message, Message: message }),
  };
}

function pairs(request: IncomingMessage): [string, string][] {
  const found: [string, string][] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2)
    found.push([request.rawHeaders[index] ?? "", request.rawHeaders[index + 1] ?? ""]);
  return found;
}
