import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { stageOfGate } from "@sst-gatehouse/blueprint/gate";
import { isStaticSite } from "@sst-gatehouse/blueprint/site";

import { orUsageError } from "../command-line.ts";
import { UsageError, type Command } from "../command.ts";
import {
  additionsPolicy,
  boundaryPolicy,
  permissionsPolicy,
  trustPolicy,
} from "./deploy-role/policies.ts";

const usage = `Prints the policies of a role that deploys production from a pipeline, without stored keys.

  gatehouse deploy-role --account <id> --subject <repo:OWNER/REPO> --bootstrap <id> [--into <folder>]

  --account <id>     of AWS: twelve digits
  --subject <name>   as GitHub names the repository in its tokens, without :environment:production
  --bootstrap <id>   what the names of SST's two buckets end in, in the home region
  --into <folder>    writes trust-policy.json, boundary-policy.json and permissions-policy.json there, and prints nothing
                     else than their names; without it, prints one JSON document with the three. With a site, or a
                     domain without certificateArn, additions-policy.json too
  --help             this text

docs/deploy-role.md says how to find the values, what to do with the files, and why each statement is there.
`;

const forms = {
  account: { form: /^\d{12}$/, such: "123456789012" },
  subject: { form: /^repo:[\w.@-]+\/[\w.@-]+$/, such: "repo:OWNER/REPO, without an asterisk" },
  bootstrap: {
    form: /^[a-z0-9-]+$/,
    such: "abcdefghijkl, at the end of the bucket's name in /sst/bootstrap",
  },
} as const;

export const deployRole: Command = {
  usage,
  async run(args, { gate, stdout }) {
    const { app } = gate;
    const { values } = orUsageError(() =>
      parseArgs({
        args: [...args],
        options: {
          account: { type: "string" },
          subject: { type: "string" },
          bootstrap: { type: "string" },
          into: { type: "string" },
        },
      }),
    );
    const required = (name: keyof typeof forms): string => {
      const value = values[name];
      const { form, such } = forms[name];
      if (value === undefined || !form.test(value))
        throw new UsageError(
          `--${name} is ${value === undefined ? "needed" : "malformed"}; it is such as ${such}`,
        );
      return value;
    };
    const { domain, certificateArn } = stageOfGate(gate, "production");
    const role = {
      app: app.name,
      region: app.region,
      account: required("account"),
      subject: required("subject"),
      bootstrap: required("bootstrap"),
      site: gate.site !== undefined && !isStaticSite(gate.site),
      ownDomain: certificateArn === undefined ? domain : undefined,
    };
    const additions = additionsPolicy(role);
    const policies = {
      trust: trustPolicy(role),
      boundary: boundaryPolicy(role),
      permissions: permissionsPolicy(role),
      ...(additions && { additions }),
    };
    if (values.into === undefined) {
      stdout.write(`${JSON.stringify(policies, undefined, 2)}\n`);
      return 0;
    }
    const folder = resolve(values.into);
    await mkdir(folder, { recursive: true });
    for (const [name, policy] of Object.entries(policies)) {
      const file = join(folder, `${name}-policy.json`);
      await writeFile(file, `${JSON.stringify(policy, undefined, 2)}\n`);
      stdout.write(`${file}\n`);
    }
    return 0;
  },
};
