import type { RequestListener } from "node:http";

import { type Clock, createClock } from "../src/aws/clock.ts";
import {
  createIdentities,
  type Credentials,
  credentialsOf,
  type Identities,
} from "../src/aws/iam/identities.ts";
import { createJsonApi } from "../src/aws/json-api/json-api.ts";
import type { JsonObject, JsonService, Operation } from "../src/aws/json-api/json-service.ts";
import { createSsm } from "../src/aws/ssm/ssm.ts";

export interface PlayedParameterStore {
  /** Writes a String as a deploy does, overwriting. */
  readonly put: (name: string, value: string) => void;
  /** Calls an operation as somebody who may; with AWS's limits, without the wire. @throws {AwsError} (rejects) */
  readonly call: (operation: string, input: JsonObject) => Promise<JsonObject>;
  readonly listener: RequestListener;
}

/** Whoever may do everything in Parameter Store. */
export interface Administrator {
  readonly identities: Pick<Identities, "find">;
  readonly credentials: Credentials;
}

export function createAdministrator(accountId: string): Administrator {
  const identities = createIdentities(accountId);
  const identity = identities.assumeRole("admin", "you", [
    { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "ssm:*", Resource: "*" }] },
  ]);
  return { identities, credentials: credentialsOf(identity) };
}

export interface PlayedParameterStoreOptions {
  readonly clock?: Pick<Clock, "now">;
  /** Runs each call that is admitted: told of it, and may do something before and after. */
  readonly around?: (
    operation: string,
    input: JsonObject,
    run: () => JsonObject | Promise<JsonObject>,
  ) => JsonObject | Promise<JsonObject>;
}

/** The stack's Parameter Store by itself: signatures, permissions, names and limits as AWS has them. */
export function playParameterStore(
  region: string,
  accountId: string,
  identities: Pick<Identities, "find">,
  { clock: time, around = (_operation, _input, run) => run() }: PlayedParameterStoreOptions = {},
): PlayedParameterStore {
  const clock = time === undefined ? createClock() : createClock(() => time.now());
  const ssm = createSsm({ region, accountId, clock });
  const operations = Object.fromEntries(
    Object.entries(ssm.service.operations).map(([name, operation]): [string, Operation] => [
      name,
      {
        ...operation,
        run: (input, caller) => around(name, input, () => operation.run(input, caller)),
      },
    ]),
  );
  const service: JsonService = { ...ssm.service, operations };
  const api = createJsonApi({
    services: [service],
    region,
    identities,
    clock,
    explain: () => undefined,
  });
  return {
    put: (name, value) => ssm.put(name, value),
    async call(name, input) {
      const operation = operations[name];
      if (operation === undefined) throw new TypeError(`there is no operation ${name}`);
      return operation.run(input, undefined);
    },
    listener: (request, response) => {
      api.handle(request, response).catch(() => response.destroy());
    },
  };
}
