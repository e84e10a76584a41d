import { isRecord } from "@sst-gatehouse/blueprint/is-record";

import { AwsError, type JsonObject, type JsonService } from "../aws/json-api/json-service.ts";
import { maxAdvanceSeconds, type Clock } from "../aws/clock.ts";

export interface AdminApiOptions {
  readonly clock: Clock;
  /** Signs claims of any shape with one of the pool's real keys. */
  readonly mintToken: (
    keyUse: "id" | "access",
    claims: JsonObject,
    header: JsonObject,
  ) => Promise<string>;
}

/**
 * What only a local stack can do, for tests: move time, and sign a token that Cognito itself would never make, with the
 * pool's real key. Called like an AWS API, with the `admin` credentials: `X-Amz-Target: Gatehouse.AdvanceClock`.
 */
export function createAdminApi({ clock, mintToken }: AdminApiOptions): JsonService {
  return {
    targetPrefix: "Gatehouse",
    service: "gatehouse",
    operations: {
      AdvanceClock: {
        resources: () => ["arn:aws:gatehouse:::clock"],
        run: ({ Seconds }) => {
          if (typeof Seconds !== "number" || !(Seconds >= 0 && Seconds <= maxAdvanceSeconds)) {
            throw new AwsError(
              "ValidationException",
              `Seconds must be a number from 0 to ${maxAdvanceSeconds}: time only moves forward.`,
            );
          }
          clock.advance(Seconds);
          return { Now: Math.floor(clock.now() / 1000) };
        },
      },
      MintToken: {
        resources: () => ["arn:aws:gatehouse:::token"],
        run: async ({ KeyUse, Claims, Header }) => {
          if ((KeyUse !== "id" && KeyUse !== "access") || !isRecord(Claims)) {
            throw new AwsError(
              "ValidationException",
              "KeyUse must be id or access, and Claims an object.",
            );
          }
          return { Token: await mintToken(KeyUse, Claims, isRecord(Header) ? Header : {}) };
        },
      },
    },
  };
}
