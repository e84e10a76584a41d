import {
  createCimdPolicyCommand,
  deleteCimdPolicyCommand,
  updateCimdPolicyCommand,
} from "../../cimd-policy.ts";
import type { Check, Finding } from "../check.ts";
import type { CimdPolicy } from "../reads/read-cimd-policies.ts";
import { hasOwnPool, type StageUnderCheck } from "../stage-under-check.ts";

/** Whose documents make them clients of the user pool: what the stage says, for `spa`, and no other. */
export function cimdPolicyChecks(under: StageUnderCheck): readonly Check[] {
  return [{ id: "cimd-policies", find: () => checkPolicies(under) }];
}

async function checkPolicies(under: StageUnderCheck): Promise<readonly Finding[]> {
  const { stage, outputs } = under;
  const { cimdUrlPatterns } = stage;
  const policies = await under.cimdPolicies();
  const own = hasOwnPool(await under.userPool(), under);
  const spa = outputs.clients.spa?.id;
  const ours = Object.entries(outputs.clients);

  const of = policies.filter(({ clientId }) => clientId !== undefined && clientId === spa);
  const [first] = of;
  const findings: Finding[] = [];
  for (const policy of policies.filter((each) => !of.includes(each))) {
    const [name] = ours.find(([, { id }]) => id === policy.clientId) ?? [];
    // A pool that was there has other programs' policies, as it has their clients.
    if (name !== undefined || own) findings.push(forAnother(policy, name, under));
  }
  for (const policy of of) {
    const wider = policy.urlPatterns.filter((pattern) => !cimdUrlPatterns.includes(pattern));
    if (wider.length > 0)
      findings.push({
        problem: `the CIMD policy ${policy.id} of the user pool takes ${wider.join(", ")}, which cimdUrlPatterns in stages.ts does not have: whoever puts a document there gets tokens of people who sign in`,
        mend:
          policy === first && cimdUrlPatterns.length > 0
            ? updateCimdPolicyCommand(under, policy.id)
            : deleteCimdPolicyCommand(under, policy.id),
      });
  }
  const taken = of.flatMap(({ urlPatterns }) => urlPatterns);
  const missing = cimdUrlPatterns.filter((pattern) => !taken.includes(pattern));
  if (missing.length > 0)
    findings.push({
      problem: `no CIMD policy of the user pool takes ${missing.join(", ")} for the app client spa, though stages.ts says so (cimdUrlPatterns): clients with a document there cannot sign anybody in`,
      mend:
        first === undefined
          ? (createCimdPolicyCommand(under) ??
            "Deploy the stage: its outputs have no app client spa.")
          : updateCimdPolicyCommand(under, first.id),
    });
  return findings;
}

function forAnother(policy: CimdPolicy, name: string | undefined, under: StageUnderCheck): Finding {
  const { id, clientId, urlPatterns } = policy;
  const client =
    clientId === undefined ? "a client that is gone" : `${name ?? "a client"} (${clientId})`;
  return {
    problem: `the CIMD policy ${id} of the user pool takes ${urlPatterns.join(", ")} for ${client}, not for the app client spa: a document gets what that client may do`,
    mend: deleteCimdPolicyCommand(under, id),
  };
}
