import { edgeRolePolicy } from "@sst-gatehouse/blueprint/edge-role";
import { playParameterStore } from "@sst-gatehouse/local/test/parameter-store";
import { startTlsFront } from "@sst-gatehouse/local/tls-front";

import { credentials } from "../credentials.ts";

export interface ParameterStore {
  readonly port: number;
  /** The certificate to trust. */
  readonly caPem: string;
  /** Calls answered so far. */
  readonly calls: () => number;
  readonly close: () => Promise<void>;
}

export interface ParameterStoreOptions {
  readonly region: string;
  /** SSM prefix of the stage, without a trailing slash. */
  readonly prefix: string;
  /** By full name. */
  readonly parameters: Readonly<Record<string, string>>;
}

const accountId = "123456789012";

/** The local stack's Parameter Store, which the guard's role may read as a deployment lets it. */
export async function startParameterStore({
  region,
  prefix,
  parameters,
}: ParameterStoreOptions): Promise<ParameterStore> {
  const role = {
    ...credentials,
    accountId,
    arn: `arn:aws:sts::${accountId}:assumed-role/guard/bench`,
    userId: "AROAEXAMPLE:bench",
    policies: [
      edgeRolePolicy({
        functionArns: [`arn:aws:lambda:${region}:${accountId}:function:api`],
        parameterPrefixArn: `arn:aws:ssm:${region}:${accountId}:parameter${prefix}`,
        logGroupArn: `arn:aws:logs:*:${accountId}:log-group:guard`,
      }),
    ],
  };
  const store = playParameterStore(region, accountId, {
    find: (accessKeyId) => (accessKeyId === role.accessKeyId ? role : undefined),
  });
  for (const [name, value] of Object.entries(parameters)) store.put(name, value);
  let calls = 0;
  const front = await startTlsFront({
    hosts: [`ssm.${region}.amazonaws.com`],
    listener: (request, response) => {
      response.once("finish", () => {
        if (response.statusCode === 200) calls += 1;
      });
      store.listener(request, response);
    },
  });
  return { ...front, calls: () => calls };
}
