import type { SourceChange } from "@sst-gatehouse/deploy/evaluate-config";

// Files of an adopter, as tests write them.

/** @param access what `defineAccess` takes. */
export function accessFile(access: object): SourceChange {
  return {
    file: "access.ts",
    content: `import { defineAccess } from "sst-gatehouse";
export const access = defineAccess(${JSON.stringify(access)});
`,
  };
}

/**
 * @param members of the gate, besides app, access rules and stages.
 * @param more of them, in TypeScript.
 */
export function gateFile(members: Readonly<Record<string, object>>, more = ""): SourceChange {
  const written = Object.entries(members).map(
    ([name, value]) => `${name}: ${JSON.stringify(value)}`,
  );
  return {
    file: "gate.ts",
    content: `import { defineGate } from "sst-gatehouse";
import { access } from "./access.ts";
import { app, stages } from "./stages.ts";
export const gate = defineGate({ app, access, stages, ${[...written, more].join(", ")} });
`,
  };
}

/** @param run what `run()` does with `gate`, `Gatehouse` and `lock`. */
export function configFile(run: string): SourceChange {
  return {
    file: "sst.config.ts",
    content: `export default $config({
  async app({ stage }) {
    const { gatehouseApp } = await import("sst-gatehouse/app");
    return gatehouseApp({ stage, gate: import("./gate.ts") });
  },
  async run() {
    const { Gatehouse, lock } = await import("sst-gatehouse/sst");
    const { gate } = await import("./gate.ts");
    ${run}
  },
});
`,
  };
}

/** @param files by their paths, which nothing has yet. */
export function addedFiles(files: Readonly<Record<string, string>>): readonly SourceChange[] {
  return Object.entries(files).map(([file, added]) => ({ file, added }));
}
