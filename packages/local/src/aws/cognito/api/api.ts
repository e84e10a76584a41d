import type { JsonService } from "../../json-api/json-service.ts";
import { clientSecretOperations } from "./client-secret-operations.ts";
import { groupOperations } from "./group-operations.ts";
import { passwordResetOperations } from "./password-reset-operations.ts";
import { poolOperations } from "./pool-operations.ts";
import { withQuotas } from "./quotas.ts";
import { signInOperations } from "./sign-in-operations.ts";
import { tokenOperations } from "./token-operations.ts";
import { userOperations } from "./user-operations.ts";
import type { UserPool } from "../pool/user-pool.ts";

/** The user pool API, as far as the stack supports it; anything else is an UnknownOperationException. */
export function createUserPoolApi(pool: UserPool): JsonService {
  return {
    targetPrefix: "AWSCognitoIdentityProviderService",
    service: "cognito-idp",
    operations: withQuotas(
      {
        ...poolOperations(pool),
        ...clientSecretOperations(pool),
        ...userOperations(pool),
        ...groupOperations(pool),
        ...signInOperations(pool),
        ...passwordResetOperations(pool),
        ...tokenOperations(pool),
      },
      pool.clock,
    ),
  };
}
