import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { fileURLToPath } from "node:url";

type ReadingsOf = (path: string) => readonly string[];

const file = import.meta.resolve("@sst-gatehouse/core/path-readings");

/** For each habit of readers that the guard knows: its line, and what loads a guard's reading of paths without that line. */
export function habitMutants(): readonly (readonly [
  habit: string,
  load: () => Promise<ReadingsOf>,
])[] {
  const source = readFileSync(fileURLToPath(file), "utf8");
  const start = source.indexOf("const habits");
  const lines = source.slice(start, source.indexOf("\n];", start)).split("\n").slice(1);
  const habits = lines.flatMap((line, at) => (/^ *\/\//.test(line) ? [] : [{ line, at }]));
  return habits.map(({ line, at }) => {
    const without = source.replace(lines.join("\n"), () => lines.toSpliced(at, 1).join("\n"));
    return [line.trim(), () => load(without)] as const;
  });
}

async function load(source: string): Promise<ReadingsOf> {
  const code = stripTypeScriptTypes(source).replaceAll(
    /from "(\.[^"]+)"/g,
    (_all, path: string) => `from "${new URL(path, file).href}"`,
  );
  const { exactReadings } = await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`
  );
  return exactReadings;
}
