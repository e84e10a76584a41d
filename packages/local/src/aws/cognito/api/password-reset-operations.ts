import type { Operation } from "../../json-api/json-service.ts";
import { adminOperation, unsignedOperation } from "./admin-operation.ts";
import { requireSecretHash } from "../pool/client-secret.ts";
import type { UserPool } from "../pool/user-pool.ts";

/** A forgotten password through the API, without the hosted pages. */
export function passwordResetOperations(pool: UserPool): Record<string, Operation> {
  const { passwordReset } = pool;
  return {
    ForgotPassword: unsignedOperation((asked) => {
      asked.only("ClientId", "SecretHash", "Username", "ClientMetadata", "UserContextData");
      const client = pool.clients.get(asked.text("ClientId"));
      const username = asked.text("Username", { max: 128 });
      requireSecretHash(client, [username], asked.optionalText("SecretHash"));
      return {
        CodeDeliveryDetails: {
          AttributeName: "email",
          DeliveryMedium: "EMAIL",
          Destination: passwordReset.ask(username),
        },
      };
    }),
    ConfirmForgotPassword: unsignedOperation(async (asked) => {
      asked.only(
        "ClientId",
        "SecretHash",
        "Username",
        "ConfirmationCode",
        "Password",
        "ClientMetadata",
        "UserContextData",
      );
      const client = pool.clients.get(asked.text("ClientId"));
      const username = asked.text("Username", { max: 128 });
      requireSecretHash(client, [username], asked.optionalText("SecretHash"));
      await passwordReset.confirm(
        username,
        asked.text("ConfirmationCode", { max: 2048 }),
        asked.text("Password", { max: 256 }),
      );
      return {};
    }),
    AdminResetUserPassword: adminOperation(pool, (asked) => {
      asked.only("UserPoolId", "Username", "ClientMetadata");
      passwordReset.require(asked.text("Username", { max: 128 }));
      return {};
    }),
  };
}
