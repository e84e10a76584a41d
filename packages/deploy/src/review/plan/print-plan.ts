import type { Plan } from "./plan.ts";
import type { PathAccess } from "./access-paths.ts";
import type { ClientInPlan } from "./clients-in-plan.ts";
import { listed, shortLabel } from "./readable.ts";
import type { ResourceInPlan } from "./resources-in-plan.ts";
import { roleLines } from "./role-lines.ts";
import { columns, type Row, section, wrapped } from "../text.ts";

/** A plan as text of 100 columns, for somebody who reads it in a minute. */
export function printPlan(plan: Plan): string {
  const { app, stage, settings, unchecked, violations } = plan;
  const lines = [
    `${app}, stage ${stage}: what a deployment would make. Nothing has been deployed.`,
    "Ids, account and host names that AWS chooses are made up here.",
    ...section(
      "Stage",
      columns(
        settings.map(({ setting, value }) => [setting, value]),
        2,
      ),
    ),
    ...section("Public", columns(publicRows(plan), 2)),
    ...section("Protected by access.ts", accessLines(plan.protectedPaths)),
    ...section("Ways in", wayLines(plan)),
    ...section("Who gets tokens", plan.clients.flatMap(clientLines)),
    ...section("Who may do what", plan.roles.flatMap(roleLines)),
    ...section("Code", codeLines(plan)),
    ...section(`Resources (${plan.resources.length})`, resourceLines(plan.resources)),
    ...(unchecked.length === 0
      ? []
      : section(
          `Yours, not checked (${unchecked.length})`,
          unchecked.map((label) => `  ${shortLabel(label)}`),
        )),
    ...(violations.length === 0
      ? ["", "Nothing that AWS would refuse."]
      : section(
          `Refused, for ${violations.length === 1 ? "1 reason" : `${violations.length} reasons`}`,
          violations.flatMap(({ rule, resource, message }) => [
            `  ${rule}`,
            ...wrapped(`${shortLabel(resource)} ${message}`, 4),
          ]),
        )),
  ];
  return `${lines.join("\n")}\n`;
}

function publicRows({ addresses, publicPaths, corsOrigins }: Plan): readonly Row[] {
  const carved = publicPaths.map(({ rule, authorization, carvedFrom }): Row => [
    "without a sign-in",
    [
      rule,
      ...(authorization ? ["whose senders' Authorization the backend has to verify"] : []),
      ...(carvedFrom ? [`otherwise ${carvedFrom.rule}: ${carvedFrom.who}`] : []),
    ].join(", "),
  ]);
  return [
    ...addresses.map(({ what, url }): Row => [what, url]),
    ...(carved.length === 0 ? [["without a sign-in", "nothing"] as const] : carved),
    ["scripts of origins", listed(corsOrigins)],
  ];
}

function accessLines(paths: readonly PathAccess[]): readonly string[] {
  return columns(
    paths.map(({ rule, who }) => [rule, who]),
    2,
  );
}

function wayLines({ paths, functionUrls, permissions }: Plan): readonly string[] {
  return [
    ...paths.flatMap(({ distribution, path, passes, reaches, caches, forwards }) => [
      `  ${distribution}, ${path}`,
      ...columns(
        [
          ["passes", passes.join("; then ") || "nothing"],
          ["reaches", reaches],
          ["forwards", forwards],
          ["caches", caches],
        ],
        4,
      ),
    ]),
    ...functionUrls.flatMap(({ name, functionName, authorization, mode }) => [
      `  ${name}, Function URL of ${functionName}`,
      ...columns(
        [
          ["opens to", authorization === "AWS_IAM" ? "IAM only" : `authorization ${authorization}`],
          ["mode", mode],
        ],
        4,
      ),
    ]),
    ...(permissions.length === 0
      ? ["  No function has a resource policy."]
      : ["  Resource policies", ...permissions.flatMap((permission) => wrapped(permission, 4))]),
  ];
}

function clientLines({ name, flows, secret, scopes, returnsTo }: ClientInPlan): readonly string[] {
  return [
    ...wrapped(`${name}: ${listed(flows)}; ${secret ? "with a secret" : "no secret"}`, 2),
    ...columns(
      [
        ["scopes", listed(scopes)],
        ["returns to", returnsTo.join(" ") || "nowhere"],
      ],
      4,
    ),
  ];
}

function codeLines({ code }: Plan): readonly string[] {
  const digits = Math.max(0, ...code.map(({ bytes }) => bytes.toLocaleString("en").length));
  const longest = Math.max(0, ...code.map(({ file }) => file.length));
  return code.flatMap(({ functionName, file, bytes, sha256 }, index) => [
    ...(code[index - 1]?.functionName === functionName
      ? []
      : [`  ${functionName}: bytes and SHA-256`]),
    `    ${file.padEnd(longest)}  ${bytes.toLocaleString("en").padStart(digits)}  ${sha256}`,
  ]);
}

function resourceLines(resources: readonly ResourceInPlan[]): readonly string[] {
  const regions = [...new Set(resources.map(({ region }) => region))];
  return regions.flatMap((region) => {
    const here = resources.filter((resource) => resource.region === region);
    return [
      `  ${region}`,
      ...columns(
        here.map(({ type, name, physicalName, note }) => [
          `${type} ${name}`,
          [physicalName ?? "", note === undefined ? "" : `(${note})`].join(" ").trim(),
        ]),
        4,
      ),
    ];
  });
}
