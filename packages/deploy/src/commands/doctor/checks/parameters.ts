import { appClientNames } from "@sst-gatehouse/blueprint/app-clients";
import { parameterNames, parameterPrefix } from "@sst-gatehouse/blueprint/parameters";

import { type Check, unless } from "../check.ts";
import { redeploy, type StageUnderCheck } from "../stage-under-check.ts";

/** What the guard learns from Parameter Store beside the list of ended sign-ins: ids of app clients, and one secret. */
export function parameterChecks(under: StageUnderCheck): readonly Check[] {
  const prefix = parameterPrefix(under.app, under.stage.name);
  return [
    {
      id: "client-parameters",
      async find() {
        const problems: string[] = [];
        for (const client of appClientNames(under.stage)) {
          const name = `${prefix}/${parameterNames.client(client)}`;
          const found = await under.parameter(name);
          if (found === undefined)
            problems.push(
              `there is no parameter ${name}: a guard that asks for it refuses everybody`,
            );
          else if (found.Type !== "String")
            problems.push(`${name} is a ${found.Type}, and the guard may not decrypt`);
          else if (found.Value !== under.outputs.clients[client]?.id)
            problems.push(
              `${name} is not the id of the stage's app client ${client}, so the guard may trust another one`,
            );
        }
        return problems.map((problem) => ({ problem, mend: redeploy(under) }));
      },
    },
    {
      id: "client-secret-parameter",
      async find() {
        const name = `${prefix}/${parameterNames.clientSecret}`;
        const found = await under.parameter(name);
        return unless(
          found?.Type === "SecureString",
          found === undefined
            ? `there is no parameter ${name}, the secret of the app client web: nobody can sign in`
            : `${name}, the secret of the app client web, is a ${found.Type}: whoever lists parameters reads it`,
          redeploy(under),
        );
      },
    },
  ];
}
