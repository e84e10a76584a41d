import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isRecord } from "@sst-gatehouse/blueprint/is-record";

import type { Clock } from "../clock.ts";
import type { Explain } from "../explain.ts";
import { evaluate } from "../iam/evaluate.ts";
import type { Identities, Identity } from "../iam/identities.ts";
import { verifySignature } from "../sigv4/verify-signature.ts";
import { unreadable, withoutSecrets } from "../without-secrets.ts";
import { AwsError } from "./json-service.ts";
import type { JsonObject, JsonService } from "./json-service.ts";
import { readBody } from "../read-body.ts";

/** Far above any operation here; the cap holds before the signature and the JSON are looked at. */
const maxBodyBytes = 1024 * 1024;
const contentType = "application/x-amz-json-1.1";

interface Refusal {
  readonly error: AwsError;
  readonly reason: string;
  readonly details?: readonly string[];
}

/**
 * The front of AWS's JSON 1.1 services: finds the operation, checks signature and permission, runs it.
 *
 * It never sends a CORS header, so a page of another origin can neither preflight a call nor read an answer.
 */
export function createJsonApi(options: {
  services: readonly JsonService[];
  region: string;
  identities: Pick<Identities, "find">;
  clock: Clock;
  explain: Explain;
}): { readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void> } {
  const { services, region, identities, clock, explain } = options;

  async function answer(
    request: IncomingMessage,
    body: Buffer,
  ): Promise<{ service: JsonService | undefined; result: JsonObject | Refusal }> {
    const found = findOperation(services, request);
    if (!found) {
      const target = printable(request.headers["x-amz-target"], /^[\w.]{1,100}$/);
      const type = printable(
        request.headers["content-type"]?.toLowerCase(),
        /^[\w.+/-]{1,60}(; ?charset=[\w-]{1,20})?$/,
      );
      const reason = `no operation for x-amz-target ${target} with content-type ${type}`;
      return {
        service: undefined,
        result: { error: new AwsError("UnknownOperationException"), reason },
      };
    }
    const { service, name, operation } = found;
    const action = `${service.service}:${name}`;
    try {
      const caller = operation.unsigned ? undefined : authenticate(request, body, service.service);
      if (isRefusal(caller)) return { service, result: caller };
      const input = parseInput(body);
      if (caller) {
        const denied = authorize(caller, action, operation.resources(input));
        if (denied) return { service, result: denied };
      }
      return { service, result: await operation.run(input, caller) };
    } catch (error) {
      if (error instanceof AwsError) {
        return {
          service,
          result: { error, reason: `${action}: ${error.type}: ${withoutSecrets(error.message)}` },
        };
      }
      const fault = new AwsError("InternalServerError", "An internal error occurred.", 500);
      const cause = error instanceof Error ? (error.stack ?? error.message) : "unknown";
      return {
        service,
        result: { error: fault, reason: `${action}: a fault in the stand-in`, details: [cause] },
      };
    }
  }

  function authenticate(
    request: IncomingMessage,
    body: Buffer,
    service: string,
  ): Identity | Refusal {
    const verdict = verifySignature(
      {
        method: request.method ?? "",
        target: request.url ?? "",
        headers: headerPairs(request),
        body,
      },
      { service, region, identities, nowMs: clock.now() },
    );
    if (verdict.kind === "signed") return verdict.identity;
    if (verdict.kind === "unsigned") {
      return {
        error: new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token"),
        reason: `${service}: the request is not signed`,
      };
    }
    // These services answer 400 where a Function URL answers 403; type and text are the same.
    return {
      error: new AwsError(verdict.errorType, verdict.message),
      reason: `${service}: ${verdict.reason}`,
      details: verdict.details,
    };
  }

  return {
    async handle(request, response) {
      // Signers set their clocks by this when the stack's time was moved, as they do at AWS.
      response.setHeader("date", new Date(clock.now()).toUTCString());
      const [path] = (request.url ?? "").split("?", 1);
      if (path !== "/" || request.method !== "POST") {
        request.resume();
        const status = path === "/" ? 405 : 404;
        response.writeHead(status, {
          "content-type": "text/plain",
          ...(status === 405 ? { allow: "POST" } : {}),
        });
        response.end(status === 405 ? "Method Not Allowed" : "Not Found");
        explain(
          "stack",
          `AWS API: ${request.method} ${path === "/" ? "/" : "of another path"} is not POST /`,
        );
        return;
      }
      const body = await readBody(request, { maxBytes: maxBodyBytes, beyond: "unread" });
      if (body === "cut-off")
        throw new Error("the caller of an AWS API disconnected while sending its request");
      if (body === "too-large") {
        const error = new AwsError("RequestEntityTooLargeException", "Request is too large.", 413);
        response.setHeader("connection", "close");
        send(response, { error, reason: "" });
        explain("stack", `AWS API: the request body is over ${maxBodyBytes} bytes`);
        return;
      }
      const { service, result } = await answer(request, body);
      send(response, result, service);
      if (isRefusal(result)) explain(speaker(service), result.reason, result.details);
    },
  };
}

function findOperation(services: readonly JsonService[], request: IncomingMessage) {
  const [mediaType = ""] = (request.headers["content-type"] ?? "").split(";", 1);
  if (mediaType.trim().toLowerCase() !== contentType) return undefined;
  const targets = headerPairs(request).filter(([name]) => name === "x-amz-target");
  const target = targets[0]?.[1] ?? "";
  if (targets.length !== 1) return undefined;
  const dot = target.indexOf(".");
  const name = target.slice(dot + 1);
  const service = services.find(
    ({ targetPrefix }) => dot > 0 && targetPrefix === target.slice(0, dot),
  );
  const operation =
    service && Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
  return service && operation ? { service, name, operation } : undefined;
}

/** An empty body counts as `{}`, as AWS has it. */
function parseInput(body: Buffer): JsonObject {
  if (body.length === 0) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new AwsError("SerializationException", "The request body is not valid JSON.");
  }
  if (isJsonObject(parsed)) return parsed;
  throw new AwsError("SerializationException", "The request body is not a JSON object.");
}

/** What `JSON.parse` gave is made of JSON values all the way down. */
function isJsonObject(parsed: unknown): parsed is JsonObject {
  return isRecord(parsed);
}

function authorize(
  caller: Identity,
  action: string,
  resources: readonly string[],
): Refusal | undefined {
  for (const resource of resources) {
    const verdict = evaluate(caller.policies, { action, resource, context: {} });
    if (!verdict.allowed) {
      const message = (named: string) =>
        `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${named} because no identity-based policy allows the ${action} action`;
      return {
        error: new AwsError("AccessDeniedException", message(resource)),
        reason: message(withoutSecrets(resource)),
        details: verdict.reasons,
      };
    }
  }
  return undefined;
}

function send(response: ServerResponse, result: JsonObject | Refusal, service?: JsonService): void {
  const body = isRefusal(result)
    ? { __type: result.error.type, message: result.error.wireMessage }
    : result;
  response.writeHead(isRefusal(result) ? result.error.status : 200, {
    "content-type": contentType,
    "x-amzn-requestid": randomUUID(),
    "cache-control": "no-store",
    ...(isRefusal(result) ? errorHeaders(result.error, service) : {}),
  });
  response.end(JSON.stringify(body));
}

/** Cognito repeats the error in its headers, the type with a colon behind it. */
function errorHeaders(
  { type, wireMessage }: AwsError,
  service: JsonService | undefined,
): Record<string, string> {
  if (service?.service !== "cognito-idp") return { "x-amzn-errortype": type };
  // A name in the message may have letters that no header can.
  const sendable = wireMessage !== undefined && /^[\x20-\x7e]*$/.test(wireMessage);
  return {
    "x-amzn-errortype": `${type}:`,
    ...(sendable ? { "x-amzn-errormessage": wireMessage } : {}),
  };
}

function isRefusal(value: JsonObject | Identity | Refusal | undefined): value is Refusal {
  return value !== undefined && "error" in value && value["error"] instanceof AwsError;
}

/** A header's value in quotes when it has its usual form, and nothing in it may be a secret. */
function printable(value: string | readonly string[] | undefined, form: RegExp): string {
  if (value === undefined) return "(missing)";
  const plain = typeof value === "string" && form.test(value) && withoutSecrets(value) === value;
  return plain ? JSON.stringify(value) : unreadable;
}

function speaker(service: JsonService | undefined): string {
  if (service?.service === "ssm") return "ssm";
  return service?.service === "cognito-idp" ? "cognito" : "stack";
}

function headerPairs(request: IncomingMessage): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    pairs.push([
      (request.rawHeaders[index] ?? "").toLowerCase(),
      request.rawHeaders[index + 1] ?? "",
    ]);
  }
  return pairs;
}
