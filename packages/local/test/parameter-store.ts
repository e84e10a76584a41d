import type { RequestListener } from "node:http";

import { createClock } from "../src/aws/clock.ts";
import type { Identities } from "../src/aws/iam/identities.ts";
import { createJsonApi } from "../src/aws/json-api/json-api.ts";
import { createSsm } from "../src/aws/ssm/ssm.ts";

export interface PlayedParameterStore {
  /** Writes a String as a deploy does, overwriting. */
  readonly put: (name: string, value: string) => void;
  readonly listener: RequestListener;
}

/** The stack's Parameter Store by itself: signatures, permissions, names and limits as AWS has them. */
export function playParameterStore(
  region: string,
  accountId: string,
  identities: Pick<Identities, "find">,
): PlayedParameterStore {
  const clock = createClock();
  const ssm = createSsm({ region, accountId, clock });
  const api = createJsonApi({
    services: [ssm.service],
    region,
    identities,
    clock,
    explain: () => undefined,
  });
  return {
    put: (name, value) => ssm.put(name, value),
    listener: (request, response) => {
      api.handle(request, response).catch(() => response.destroy());
    },
  };
}
