import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import { isRecord, type JsonRecord } from "@sst-gatehouse/blueprint/is-record";

import { Unread } from "../check.ts";
import type { Reader } from "./reader.ts";

/** A CIMD policy of a user pool: whose documents make them clients, in the place of which app client. */
export interface CimdPolicy {
  readonly id: string;
  /** Undefined when the app client is gone. */
  readonly clientId: string | undefined;
  readonly urlPatterns: readonly string[];
}

/** Of calls that a Cognito without the feature does not know. */
const unknownOperation = ["UnknownOperationException"];

/**
 * Every CIMD policy of a user pool; none where Cognito does not know of any.
 *
 * @throws {Unread} (rejects)
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListCIMDPolicies.html
 */
export async function readCimdPolicies(
  reader: Reader,
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
): Promise<readonly CimdPolicy[]> {
  const ids: string[] = [];
  let NextToken: unknown;
  do {
    const input = { UserPoolId, MaxResults: 60, ...(NextToken === undefined ? {} : { NextToken }) };
    const page = await reader.readIfThere("cognito-idp:ListCIMDPolicies", unknownOperation, () =>
      call(client, "ListCIMDPolicies", input),
    );
    if (page === undefined) return [];
    ids.push(...recordsOf(page, "CIMDPolicies").map((each) => text(each, "CIMDPolicyId")));
    NextToken = page["NextToken"];
  } while (NextToken !== undefined);
  return Promise.all(
    ids.map(async (CIMDPolicyId) => {
      const answer = await reader.read("cognito-idp:DescribeCIMDPolicy", () =>
        call(client, "DescribeCIMDPolicy", { UserPoolId, CIMDPolicyId }),
      );
      const policy = answer["CIMDPolicy"];
      if (!isRecord(policy)) throw strange("CIMDPolicy");
      const { ClientId, URLPatterns } = policy;
      if (!Array.isArray(URLPatterns)) throw strange("URLPatterns");
      return {
        id: CIMDPolicyId,
        clientId: ClientId === undefined ? undefined : text(policy, "ClientId"),
        urlPatterns: URLPatterns.map(String),
      };
    }),
  );
}

/**
 * Calls an operation that the SDK does not have yet, as one that it has: another name and another body go out before they
 * are signed, and the answer is read before the SDK leaves out what it does not know.
 */
async function call(
  client: CognitoIdentityProviderClient,
  operation: string,
  input: Readonly<Record<string, unknown>>,
): Promise<JsonRecord> {
  const command = new DescribeUserPoolCommand({ UserPoolId: "" });
  let answer: unknown;
  command.middlewareStack.add(
    (next) => (args) => {
      const request = Object(Object(args).request);
      request.headers["x-amz-target"] = `AWSCognitoIdentityProviderService.${operation}`;
      request.body = JSON.stringify(input);
      return next(args);
    },
    { step: "serialize", priority: "low" },
  );
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = Object(result.response);
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body) chunks.push(chunk);
      response.body = Buffer.concat(chunks);
      if (response.statusCode === 200) answer = JSON.parse(response.body.toString());
      return result;
    },
    { step: "deserialize", priority: "low" },
  );
  await client.send(command);
  if (!isRecord(answer)) throw strange(operation);
  return answer;
}

function recordsOf(answer: JsonRecord, member: string): readonly JsonRecord[] {
  const list = answer[member];
  // A list that is missing is not an empty one.
  if (!Array.isArray(list) || !list.every(isRecord)) throw strange(member);
  return list;
}

function text(answer: JsonRecord, member: string): string {
  const value = answer[member];
  if (typeof value !== "string" || value === "") throw strange(member);
  return value;
}

function strange(member: string): Unread {
  return new Unread(
    `Cognito's answer about CIMD policies has no ${member}`,
    "Look at them with `aws cognito-idp list-cimd-policies`, and report this as a bug of doctor.",
  );
}
