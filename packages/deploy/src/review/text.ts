/** What a terminal shows without breaking it for us. */
const width = 100;

/** Breaks a text at its spaces; a word that is longer than a line stays whole. */
export function wrapped(text: string, indent: number): readonly string[] {
  const margin = " ".repeat(indent);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && indent + longer.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((broken) => margin + broken);
}

export type Row = readonly [label: string, text: string];

/** Two columns; a text that is too long for a line goes on below its own beginning. */
export function columns(rows: readonly Row[], indent: number): readonly string[] {
  const left = Math.max(0, ...rows.map(([label]) => label.length)) + 2;
  return rows.flatMap(([label, text]) => {
    const [first = "", ...rest] = wrapped(text, indent + left);
    const margin = " ".repeat(indent);
    return [`${margin}${label.padEnd(left)}${first.trimStart()}`.trimEnd(), ...rest];
  });
}

/** A heading with what belongs to it, set off by an empty line. */
export function section(heading: string, lines: readonly string[]): readonly string[] {
  return ["", heading, ...(lines.length === 0 ? ["  none"] : lines)];
}
