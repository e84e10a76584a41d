import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  paginateListUserPoolClients,
  type UserPoolClientType,
  type UserPoolType,
} from "@aws-sdk/client-cognito-identity-provider";

import { Unread } from "../check.ts";
import { type CimdPolicy, readCimdPolicies } from "./read-cimd-policies.ts";
import { all } from "./read-functions.ts";
import { once, type Reader } from "./reader.ts";

export interface UserPoolReads {
  /** @throws {Unread} (rejects) also when there is no such pool. */
  userPool(): Promise<UserPoolType>;
  /** Undefined when the pool has none with that id. Machines' clients come with their secret. */
  client(id: string): Promise<UserPoolClientType | undefined>;
  /** Every client of the pool. */
  clients(): Promise<readonly { readonly id: string; readonly name: string }[]>;
  /** Every CIMD policy of the pool. */
  cimdPolicies(): Promise<readonly CimdPolicy[]>;
}

export function createUserPoolReads(
  reader: Reader,
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
): UserPoolReads {
  const userPool = once(async () => {
    const found = await reader.readIfThere(
      "cognito-idp:DescribeUserPool",
      ["ResourceNotFoundException"],
      () => client.send(new DescribeUserPoolCommand({ UserPoolId })),
    );
    if (found?.UserPool === undefined)
      throw new Unread(`there is no user pool ${UserPoolId}`, "Deploy the stage again.");
    return found.UserPool;
  });
  return {
    userPool,
    client: once(async (ClientId) => {
      const found = await reader.readIfThere(
        "cognito-idp:DescribeUserPoolClient",
        ["ResourceNotFoundException"],
        () => client.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId })),
      );
      return found?.UserPoolClient;
    }),
    cimdPolicies: once(() => readCimdPolicies(reader, client, UserPoolId)),
    clients: once(async () => {
      const pages = await reader.read("cognito-idp:ListUserPoolClients", () =>
        all(paginateListUserPoolClients({ client }, { UserPoolId, MaxResults: 60 })),
      );
      return pages
        .flatMap(({ UserPoolClients = [] }) => UserPoolClients)
        .map(({ ClientId: id = "", ClientName: name = "" }) => ({ id, name }));
    }),
  };
}
