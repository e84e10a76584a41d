import { AwsError, type JsonObject, type Operation } from "../../json-api/json-service.ts";
import type { ClientSecret } from "../pool/clients.ts";
import type { UserPool } from "../pool/user-pool.ts";
import { adminOperation } from "./admin-operation.ts";

/**
 * The secrets of an app client, of which two are good at a time.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html
 */
export function clientSecretOperations(pool: UserPool): Record<string, Operation> {
  const { clients } = pool;
  return {
    AddUserPoolClientSecret: adminOperation(pool, (asked) => {
      asked.only("UserPoolId", "ClientId", "ClientSecret");
      const own = asked.optionalText("ClientSecret");
      if (own !== undefined && !/^[\w+]{24,64}$/.test(own)) {
        throw new AwsError(
          "InvalidParameterException",
          "A client secret has 24 to 64 letters, digits, _ or +.",
        );
      }
      const made = clients.addSecret(asked.text("ClientId"), own);
      // Only what Cognito has made is said, and only once.
      const value = own === undefined ? { ClientSecretValue: made.value } : {};
      return { ClientSecretDescriptor: { ...toDescriptor(made), ...value } };
    }),
    ListUserPoolClientSecrets: adminOperation(pool, (asked) => {
      asked.only("UserPoolId", "ClientId", "NextToken");
      return { ClientSecrets: clients.get(asked.text("ClientId")).secrets.map(toDescriptor) };
    }),
    DeleteUserPoolClientSecret: adminOperation(pool, (asked) => {
      asked.only("UserPoolId", "ClientId", "ClientSecretId");
      clients.removeSecret(asked.text("ClientId"), asked.text("ClientSecretId"));
      return {};
    }),
  };
}

function toDescriptor({ id, createdAtMs }: ClientSecret): JsonObject {
  return { ClientSecretId: id, ClientSecretCreateDate: createdAtMs / 1000 };
}
